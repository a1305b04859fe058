/** The REST API of a process, over a real connection. */
export class Rest {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  // oxlint-disable-next-line typescript/no-explicit-any -- tests say what they expect of it
  async get(path: string): Promise<any> {
    return this.ask('GET', path);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests say what they expect of it
  async post(path: string, body: object = {}): Promise<any> {
    return this.ask('POST', path, body);
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-auth-token': this.token, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as unknown;
  }
}
