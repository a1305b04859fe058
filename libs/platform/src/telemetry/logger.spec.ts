import { createLogger, nestLogger } from './logger.js';

const collecting = () => {
  const lines: string[] = [];
  return { stream: { write: (line: string) => void lines.push(line) }, lines };
};

describe('the log of a process', () => {
  it('writes one JSON line a fact, with an ISO time and the level in words', () => {
    const { stream, lines } = collecting();
    createLogger('info', stream).info({ status: 200 }, 'answered');
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      status: 200,
      msg: 'answered',
    });
  });

  it('blanks secrets, also those in headers', () => {
    const { stream, lines } = collecting();
    const logger = createLogger('info', stream);
    logger.info(
      { password: 'p4ss', headers: { authorization: 'Bearer p4ss', 'x-auth-token': 'p4ss' } },
      'hello',
    );
    expect(lines[0]).toContain('(secret)');
    expect(lines[0]).not.toContain('p4ss');
  });

  it("takes Nest's lines with their context, and a stack as an error", () => {
    const { stream, lines } = collecting();
    const nest = nestLogger(createLogger('debug', stream));
    nest.log('started', 'Gateway');
    nest.error(new Error('broken'), 'Gateway');
    nest.log('mapped', 'RouterExplorer');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', context: 'Gateway', msg: 'started' });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'error', err: { message: 'broken' } });
    // How the application is put together is nobody's news.
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ level: 'debug', msg: 'mapped' });
  });

  it('keeps quiet below its level', () => {
    const { stream, lines } = collecting();
    createLogger('warn', stream).info('nothing to see');
    expect(lines).toEqual([]);
  });
});
