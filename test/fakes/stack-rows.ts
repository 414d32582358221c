import type { CreateChangeSetInput, ResourceChange, StackEvent } from '@aws-sdk/client-cloudformation';

export interface FakeStack {
  arn: string;
  name: string;
  status: string;
  outputs: Record<string, string>;
  /** Names of exports, and who imports them. */
  exports: Record<string, readonly string[]>;
  events: StackEvent[];
  token: string | undefined;
  operation: 'CREATE' | 'UPDATE';
  /** As it is deployed; empty for a stack that is only a shell. */
  template: string;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  terminationProtection: boolean;
  /** Logical id, type and physical id of each. */
  resources: (readonly [string, string, string])[];
  /** The change set that is being executed. */
  executing: FakeChangeSet | undefined;
}

export interface FakeChangeSet {
  arn: string;
  name: string;
  stack: string;
  status: string;
  executionStatus: string;
  reason: string | undefined;
  request: CreateChangeSetInput;
  changes: ResourceChange[];
  template: string;
}
