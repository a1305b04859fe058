import fastify from 'fastify';

// What the framework can do at best: the same addresses as ours, with nothing behind them.
const server = fastify();
server.get('/v1/hosts/:id', async () => ({}));
server.post('/v1/hosts', async (_request, reply) => reply.code(201).send({}));
await server.listen({ host: '127.0.0.1', port: Number(process.env['CRATON_HTTP_PORT']) });
process.on('SIGTERM', () => process.exit(0));
