import type { Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { StalePlanError } from '../../../domain/errors.ts';
import { env } from '../../../runtime/env.ts';
import { listener } from '../../../runtime/listener.ts';
import { task } from '../../../runtime/task.ts';

// Without the callbacks of old runtimes.
const context = (milliseconds = 30_000) => ({ awsRequestId: 'r', getRemainingTimeInMillis: () => milliseconds }) as Context;
const input = z.object({ release: z.string(), token: z.string().max(8) });

describe('a task', () => {
  it('answers', async () => {
    const double = task({ name: 'double', input: z.object({ number: z.int() }), run: ({ number }) => Promise.resolve({ answer: number * 2 }) });
    expect(await double({ number: 2 }, context())).toEqual({ answer: 4 });
  });

  it('names the fields that are wrong, and never their values', async () => {
    const strict = task({ name: 'strict', input, run: () => Promise.resolve({}) });
    const error: unknown = await strict({ token: 'a-very-secret-token' }, context()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'InvalidInputError', message: expect.stringMatching(/^Reading the input of strict: release .*, token /) as string });
    expect(String(error)).not.toContain('secret');
  });

  it('lets an error through as it is: the workflow decides by its name', async () => {
    const stale = new StalePlanError('gone');
    const failing = task({ name: 'failing', input, run: () => Promise.reject(stale) });
    await expect(failing({ release: 'r', token: 't' }, context())).rejects.toBe(stale);
  });

  it('that does not finish says so before Lambda ends it', async () => {
    const endless = task({ name: 'endless', input, run: () => new Promise(() => undefined) });
    await expect(endless({ release: 'r', token: 't' }, context(2_010))).rejects.toMatchObject({ name: 'TimeoutError', message: expect.stringContaining('Running endless') as string });
  });

  it('never logs a token', async () => {
    // The logger has a console of its own.
    const written = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    await task({ name: 'quiet', input, run: () => Promise.resolve({}) })({ release: 'r-1', token: 'hidden' }, context());
    const lines = JSON.stringify(written.mock.calls);
    written.mockRestore();
    expect(lines).toContain('r-1');
    expect(lines).not.toContain('hidden');
  });
});

describe('a listener', () => {
  it('refuses an event that it cannot read, so that it ends in the dead-letter queue', async () => {
    const seen: string[] = [];
    const listening = listener({ name: 'listening', event: z.object({ source: z.literal('aws.codebuild') }), run: ({ source }) => Promise.resolve(void seen.push(source)) });
    await listening({ source: 'aws.codebuild', more: 1 }, context());
    await expect(listening({ source: 'somebody' }, context())).rejects.toMatchObject({ name: 'InvalidInputError' });
    expect(seen).toEqual(['aws.codebuild']);
  });
});

describe('the environment', () => {
  it('is read when it is needed, and everything missing is said at once', () => {
    vi.stubEnv('TABLE_NAME', 'table');
    vi.stubEnv('DOOR_URL', 'not a url');
    vi.stubEnv('BUS_NAME', '');
    expect(env('TABLE_NAME')).toEqual({ TABLE_NAME: 'table' });
    expect(() => env('TABLE_NAME', 'DOOR_URL', 'BUS_NAME')).toThrow(/^Reading the environment: DOOR_URL, BUS_NAME missing or not valid/);
    vi.unstubAllEnvs();
  });
});
