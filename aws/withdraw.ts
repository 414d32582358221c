import { approvalOperation, withdraw } from '../domain/approval.ts';
import { findApproval, writeApproval } from './approvals.ts';
import { completeWait } from './waits.ts';

const real = { findApproval, writeApproval, completeWait };

/**
 * Ends a question because its release was called off. Safe to repeat: a wait that was left open is ended too.
 * @returns `false` when it was answered, or ended otherwise, before
 */
export async function withdrawQuestion(where: { tableName: string; keyArn: string }, id: string | undefined, uses: typeof real = real): Promise<boolean> {
  for (;;) {
    const found = await uses.findApproval(where.tableName, id);
    if (found === undefined || (found.state !== 'waiting' && found.state !== 'cancelled')) return false;
    // Somebody answers in this moment: looked at again, their answer counts.
    if (found.state === 'waiting' && !(await uses.writeApproval(where.tableName, withdraw(found), found.version))) continue;
    await uses.completeWait(where, approvalOperation(found.id), { answer: 'cancelled' });
    return true;
  }
}
