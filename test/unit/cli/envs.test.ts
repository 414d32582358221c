import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as z from 'zod';
import { envs, stop } from '../../../cli/commands/envs.ts';
import { Output } from '../../../cli/output.ts';
import type { BranchEnvironmentsAnswer } from '../../../contracts/commands.ts';

type Row = BranchEnvironmentsAnswer['environments'][number];
const at = '2026-05-01T12:00:00.000Z';
const row = (fields: Partial<Row> = {}): Row => ({
  application: 'orders', name: 'login-k3xq2ab', registered: 'sandbox', branch: 'feature/login', repository: 'orders', createdAt: at, releasedAt: at, expiresAt: '2026-05-04T12:00:00.000Z',
  release: 'orders-5-aaaaaaaa', by: 'Kim', state: 'live', url: 'https://login.example.com', ...fields,
});

/** A control plane with these environments, which notes what it is asked. */
function plane(...environments: Row[]) {
  const asked: string[] = [];
  const ask = <Schema extends z.ZodType>(schema: Schema, method: 'GET' | 'POST', path: string, body?: unknown): Promise<z.output<Schema>> => {
    asked.push(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
    return Promise.resolve(schema.parse(method === 'GET' ? { environments } : { application: 'orders', name: 'login-k3xq2ab', release: 'orders-6-aaaaaaaa', sentence: 'It is removed by orders-6-aaaaaaaa.' }));
  };
  return { ask, asked };
}

let told: string[];
beforeEach(() => {
  told = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());

describe('drawbridge envs', () => {
  it('says first which sandbox is halted', async () => {
    const halted = [{ environment: 'sandbox', reason: 'the sale', by: 'alex', at }];
    const ask = <Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>> => Promise.resolve(schema.parse({ environments: [row()], halted }));
    await envs({ ask }, new Output(false), { application: undefined, all: false });
    expect(told[0]).toMatch(/halted.* sandbox by alex, .*: the sale\n/);
  });

  it('shows where each is, until when, and whose; those that are gone only when asked for', async () => {
    const gone = row({ name: 'tax-aaaaaaa', branch: 'fix/tax', state: 'removed', reason: 'The branch fix/tax was deleted.' });
    expect(await envs(plane(row(), gone), new Output(false), { application: undefined, all: false })).toBe(0);
    expect(told.join('')).toMatch(/login-k3xq2ab {2}orders {2}feature\/login {2}live until .*orders-5-aaaaaaaa {2}Kim {2}https:\/\/login\.example\.com/);
    expect(told.join('')).not.toContain('tax-');
    await envs(plane(row(), gone), new Output(false), { application: undefined, all: true });
    expect(told.join('')).toContain('The branch fix/tax was deleted.');
  });

  it('says so when there is none, and is one document for a program', async () => {
    const { ask, asked } = plane();
    await envs({ ask }, new Output(false), { application: 'orders', all: false });
    expect([told.join(''), asked]).toEqual(['No branch has an environment.\n', ['GET /branch-environments?application=orders']]);
    told = [];
    await envs(plane(row()), new Output(true), { application: undefined, all: false });
    expect(JSON.parse(told.join(''))).toEqual({ halted: [], environments: [row()] });
  });
});

describe('drawbridge env stop', () => {
  const options = { application: undefined, reason: '', follow: false };

  it('finds the application where only one has an environment of that name', async () => {
    const { ask, asked } = plane(row(), row({ application: 'carts', state: 'removed' }));
    expect(await stop({ ask }, new Output(false), 'login-k3xq2ab', { ...options, reason: 'too dear' })).toBe(0);
    expect(asked).toEqual(['GET /branch-environments', 'POST /applications/orders/environments/login-k3xq2ab/stop {"reason":"too dear"}']);
    expect(told.join('')).toBe('It is removed by orders-6-aaaaaaaa.\n');
  });

  it('asks which where several have one, and stops nothing that is no branch’s', async () => {
    await expect(stop(plane(row(), row({ application: 'carts' })), new Output(false), 'login-k3xq2ab', options)).rejects.toThrow('orders and carts have one of that name. Say which with --application.');
    await expect(stop(plane(row()), new Output(false), 'prod', options)).rejects.toMatchObject({ name: 'NotFoundError', message: expect.stringContaining('nothing else can be stopped') as string });
  });
});
