import { join, resolve } from 'node:path';
import type { Credentials } from '#apps/gateway/src/auth/credentials-file.js';

const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const introduced = ({ project_id, username, api_key }: Credentials, file: string): string =>
  `
The first start made a project and its administrator. This is shown once, and kept in ${file}:
  project  ${project_id}
  user     ${username}
  API key  ${api_key}
`;

/** What whoever started the process reads: where it answers, what the first start made, and lines to paste into a shell. */
export const greeting = (url: string, dataDir: string, credentials: Credentials | undefined): string => {
  const file = join(resolve(dataDir), 'credentials.json');
  const curl = 'curl -sS -H "X-Auth-Token: $CRATON_KEY"';
  return `Craton answers at ${url} and can be browsed at ${url}/docs
${credentials ? introduced(credentials, file) : ''}
To try it:
  export CRATON_KEY=$(sed -n 's/.*"api_key": *"\\([^"]*\\)".*/\\1/p' ${quoted(file)})
  ${curl} ${url}/v1/projects
  ${curl} ${url}/v1/clouds -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-cloud' -d '{"name": "east"}'
  ${curl} ${url}/v1/workflows
`;
};
