import { ImportsUnderWay } from './import.claims.js';

describe('imports under way under one key', () => {
  it('wait for the same one, each for the one before it', async () => {
    const imports = new ImportsUnderWay();
    const order: string[] = [];
    const end = await imports.enter('k', 'f');
    const later = ['second', 'third'].map(async (name) => {
      const leave = await imports.enter('k', 'f');
      order.push(name);
      await Promise.resolve();
      order.push(`${name} ends`);
      leave();
    });
    order.push('first ends');
    end();
    await Promise.all(later);
    expect(order).toEqual(['first ends', 'second', 'second ends', 'third', 'third ends']);
  });

  it('are refused beside another one, and not beside those of other keys', async () => {
    const imports = new ImportsUnderWay();
    const end = await imports.enter('k', 'f');
    await expect(imports.enter('k', 'g')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    (await imports.enter('other', 'g'))();
    end();
    (await imports.enter('k', 'g'))();
  });

  it('are refused when the same one does not end', async () => {
    const imports = new ImportsUnderWay(5);
    await imports.enter('k', 'f');
    await expect(imports.enter('k', 'f')).rejects.toMatchObject({ code: 'illegal-state' });
  });

  it('may end twice, which ends no other', async () => {
    const imports = new ImportsUnderWay();
    const end = await imports.enter('k', 'f');
    end();
    await imports.enter('k', 'f');
    end();
    await expect(imports.enter('k', 'g')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });
});
