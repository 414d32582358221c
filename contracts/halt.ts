import * as z from 'zod';
import { EnvironmentName } from './names.ts';

/** An environment in which nothing starts until somebody resumes it. */
export const Halt = z.object({ environment: EnvironmentName, reason: z.string(), by: z.string(), at: z.iso.datetime() });
export type Halt = z.infer<typeof Halt>;
