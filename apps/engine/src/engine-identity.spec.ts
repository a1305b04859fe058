import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineIdentity } from './engine-identity.js';

describe('the identity of an engine', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'engine-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('is kept over lives, each of which is another', () => {
    const first = EngineIdentity.take(dir);
    first.release();
    const second = EngineIdentity.take(dir);
    expect(second.name).toBe(first.name);
    expect(second.id).not.toBe(first.id);
    expect(second.isOwn(first.id)).toBe(true);
    expect(second.isOwn(`${first.name}x/1`)).toBe(false);
    second.release();
  });

  it('is that of a stranger while another process has the directory', () => {
    const first = EngineIdentity.take(dir);
    const stranger = EngineIdentity.take(dir);
    expect(stranger.name).not.toBe(first.name);
    expect(stranger.isOwn(first.id)).toBe(false);
    first.release();
  });

  it('is made anew when what was kept is not one', () => {
    writeFileSync(join(dir, 'engine-id'), 'nonsense');
    const identity = EngineIdentity.take(dir);
    expect(identity.name).toMatch(/^[0-9a-f-]{36}$/);
    identity.release();
    const later = EngineIdentity.take(dir);
    expect(later.name).toBe(identity.name);
    later.release();
  });
});
