/** The body of a script in `tasks/`: does the work once, for the input that its parent sends, and ends. */
export const task = <Input, Answer>(work: (input: Input) => Answer | Promise<Answer>): void => {
  process.once('message', (input: Input) => {
    void (async () => {
      const answer = await work(input);
      await new Promise((resolve) => process.send?.(answer, resolve));
      process.disconnect();
    })().catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    });
  });
};
