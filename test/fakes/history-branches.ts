/** The branches of the one repository, `shop`, of a history. */
export const allBranches = ['main', 'feature/login', 'feature/tax'] as const;
export type Branch = (typeof allBranches)[number];

/** Where a branch stands, whatever it is called. */
export const branchesOf = (branches: ReadonlyMap<Branch, string>, name: string): string | undefined => new Map<string, string>(branches).get(name);
