import type { BranchEnvironment } from '../../contracts/branch-environment.ts';
import { type Arriving, takenUp } from '../../domain/branch-life.ts';

/** The rows of branch environments in memory, under the names that the functions use. A write on an old version is refused, as the table refuses it. */
export class BranchRows {
  readonly rows = new Map<string, BranchEnvironment>();

  readonly readBranchEnvironment = (_: string, application: string, name: string) => Promise.resolve(this.rows.get(`${application}/${name}`));
  readonly listBranchEnvironments = (_: string, application: string) => Promise.resolve([...this.rows.values()].filter((row) => row.application === application));
  readonly takeUpBranchEnvironment = (_: string, arriving: Arriving, now: Date) => {
    const taken = takenUp([...this.rows.values()].filter(({ application }) => application === arriving.application), arriving, now);
    if (taken.answer === 'taken') this.put(taken.row);
    return Promise.resolve(taken);
  };
  readonly changeBranchEnvironment = (_: string, seen: BranchEnvironment, fields: Partial<BranchEnvironment>) => {
    const row = this.rows.get(`${seen.application}/${seen.name}`);
    if (row?.version !== seen.version) return Promise.resolve(false);
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    this.put({ ...row, ...given, version: row.version + 1 });
    return Promise.resolve(true);
  };

  put(row: BranchEnvironment): void {
    this.rows.set(`${row.application}/${row.name}`, row);
  }
}
