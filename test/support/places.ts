import type { Answer, Client, Gateway } from './gateway.js';

export const made = async (asked: Promise<Answer>): Promise<Answer> => {
  const answer = await asked;
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
};

let count = 0;

/** A cloud with a region, named as nothing else is. */
export const newRegion = async (
  client: Client,
): Promise<{ readonly cloudId: string; readonly regionId: string }> => {
  count += 1;
  const cloud = await made(client.post('/v1/clouds', { name: `cloud of places ${count}` }));
  const region = await made(client.post('/v1/regions', { name: 'region', cloud_id: cloud.body.id }));
  return { cloudId: cloud.body.id, regionId: region.body.id };
};

/** What a host needs beside its name and its region. */
export const hardware = { ip_address: '10.0.0.1', device_type: 'server' } as const;

/** A client of a project of its own. */
export const stranger = async (gateway: Gateway): Promise<Client> => {
  const { root } = gateway;
  count += 1;
  const project = await made(root.post('/v1/projects', { name: `project ${count}` }));
  const user = await made(
    root.post('/v1/users', { username: 'stranger', project_id: project.body.id, is_admin: true }),
  );
  return gateway.as(user.body.api_key);
};
