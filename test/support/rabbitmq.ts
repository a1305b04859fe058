// Loaded by Node itself in Jest's global setup: only types that can be stripped, and imports with the ending of the file.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { install } from './debian.ts';

const run = promisify(execFile);
const startMs = 90_000;
const stopMs = 15_000;

// The ones in Debian's /usr/sbin change to a system user; these do not.
const folders = () => ['/usr/lib/rabbitmq/bin', ...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
const find = (program: string) =>
  folders()
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));

const remedy = 'set CRATON_TEST_AMQP_URL to a broker that tests may use, or ';

const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** A broker that is up answers the greeting of AMQP with a method frame. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1')));
    const settle = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.setTimeout(2_000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
    socket.once('data', (data) => settle(data[0] === 1));
  });

// Ends everything it started when its standard input ends: also when this process is killed.
const keeper = `
epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
"$0" &
cat >/dev/null
trap '' TERM
kill -TERM 0
wait
`;

/** A RabbitMQ of our own, in a temporary folder, on free ports of 127.0.0.1. */
export class RabbitMq {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;

  private constructor(folder: string, ports: readonly number[], password: string) {
    const [port, dist, epmd] = ports;
    this.#folder = folder;
    this.#port = port as number;
    this.url = `amqp://craton:${password}@127.0.0.1:${port}`;
    this.#env = {
      PATH: `/usr/lib/rabbitmq/bin:${process.env['PATH']}:/usr/sbin`,
      LANG: 'C.UTF-8',
      HOME: folder,
      RABBITMQ_BASE: folder,
      RABBITMQ_NODENAME: `craton${port}@localhost`,
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'env.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'config'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_DIST_PORT: String(dist),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(epmd),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 2:2',
      RABBITMQ_CTL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    };
  }

  /** Installs the program when it is not there and we are root. */
  static async start(): Promise<RabbitMq> {
    if (find('rabbitmq-server') === undefined) await install('rabbitmq-server', remedy);
    const folder = await mkdtemp(join(tmpdir(), 'craton-rabbitmq-'));
    const password = randomBytes(12).toString('hex');
    const ports = await freePorts(3);
    await Promise.all(['mnesia', 'log', 'config'].map((name) => mkdir(join(folder, name))));
    await writeFile(join(folder, 'env.conf'), '');
    await writeFile(join(folder, 'plugins'), '[].\n');
    await writeFile(
      join(folder, 'rabbitmq.conf'),
      [
        `listeners.tcp.1 = 127.0.0.1:${ports[0]}`,
        'default_user = craton',
        `default_pass = ${password}`,
        'vm_memory_high_watermark.absolute = 512MB',
        'disk_free_limit.absolute = 50MB\n',
      ].join('\n'),
    );
    const broker = new RabbitMq(folder, ports, password);
    await broker.resume();
    return broker;
  }

  /** Starts it again on what it kept on disk. */
  async resume(): Promise<void> {
    const log = await open(join(this.#folder, 'out.log'), 'a');
    const child = spawn('/bin/sh', ['-c', keeper, find('rabbitmq-server') as string], {
      env: this.#env,
      cwd: this.#folder,
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
    });
    await log.close();
    this.#process = child;
    const deadline = Date.now() + startMs;
    while (!(await answers(this.#port))) {
      if (Date.now() > deadline) throw new Error(`RabbitMQ did not start:\n${await this.#ending()}`);
      await sleep(100);
    }
  }

  /** Stops the program and keeps its files. */
  async pause(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const late = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), stopMs);
    child.stdin?.end();
    await exited;
    clearTimeout(late);
  }

  /** Its own command line tool, for example `set_vm_memory_high_watermark 0.4`. */
  async control(...words: readonly string[]): Promise<string> {
    const { stdout } = await run(find('rabbitmqctl') as string, ['-q', ...words], {
      env: this.#env,
      timeout: startMs,
    });
    return stdout;
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ending(): Promise<string> {
    const text = await readFile(join(this.#folder, 'out.log'), 'utf8');
    await this.stop();
    return text.slice(-2_000);
  }
}
