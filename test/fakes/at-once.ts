import type { ApprovalWorld } from './approval-world.ts';

/** A world in which so many people read the question before anybody writes an answer. */
export function atOnce(world: ApprovalWorld, number: number): ApprovalWorld {
  let [arrived, open] = [0, () => undefined as unknown];
  const all = new Promise((resolve) => {
    open = () => {
      resolve(undefined);
    };
  });
  const findApproval: ApprovalWorld['findApproval'] = async (table, question) => {
    const found = await world.findApproval(table, question);
    arrived += 1;
    if (arrived === number) open();
    if (arrived <= number) await all;
    return found;
  };
  return instead(world, { findApproval });
}

/** The same world, of which some things work otherwise. */
export const instead = (world: ApprovalWorld, fields: Partial<ApprovalWorld>): ApprovalWorld => Object.assign(Object.create(world) as ApprovalWorld, fields);
