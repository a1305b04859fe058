/** What `ansible-inventory --list` answers, for tests. */
export interface Listed {
  readonly _meta: { readonly hostvars: Readonly<Record<string, object>> };
  readonly [group: string]:
    { readonly hosts?: readonly string[]; readonly children?: readonly string[] } | object;
}

type Groups = Readonly<
  Record<string, { readonly hosts?: readonly string[]; readonly children?: readonly string[] } | undefined>
>;

/** Every host of every group, through the groups below it, from what Ansible itself lists. */
const membership = (groups: Groups): Map<string, Set<string>> => {
  const hostsOf = (group: string): string[] => [
    ...(groups[group]?.hosts ?? []),
    ...(groups[group]?.children ?? []).flatMap(hostsOf),
  ];
  const found = new Map<string, Set<string>>();
  for (const group of Object.keys(groups).filter((name) => !['all', 'ungrouped'].includes(name)))
    for (const host of hostsOf(group)) found.set(host, (found.get(host) ?? new Set()).add(group));
  return found;
};

const unwrapped = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '__ansible_unsafe' in value ? value.__ansible_unsafe : value;

/** What Ansible lists, by host: its variables, and the groups it is in, itself or through others. */
export const hostsListed = ({ _meta: meta, ...groups }: Listed) => {
  const members = membership(groups as Groups);
  const all = (groups as Groups)['all'] ? Object.keys(meta.hostvars) : [];
  const variables = JSON.parse(JSON.stringify(meta.hostvars), unwrapped) as Record<string, object>;
  const named = new Set([...all, ...members.keys(), ...((groups as Groups)['ungrouped']?.hosts ?? [])]);
  return Object.fromEntries(
    [...named].map((host) => [
      host,
      { variables: variables[host] ?? {}, labels: [...(members.get(host) ?? [])].toSorted() },
    ]),
  );
};
