/**
 * `error.name` is the interface: Step Functions matches Retry and Catch on it, and minification
 * loses class names, so each class says its name as a literal. A message says what was being done,
 * why it failed, and what to do next.
 */
abstract class DrawbridgeError extends Error {
  abstract override readonly name: string;
}

/** It may work in a moment: throttled, or AWS had a fault. The machine tries again. */
export class TransientError extends DrawbridgeError {
  override readonly name = 'TransientError';
}

/** Somebody else is moving the target. */
export class TargetBusyError extends DrawbridgeError {
  override readonly name = 'TargetBusyError';
}

/** What was approved is not there any more, or is not what it was. */
export class StalePlanError extends DrawbridgeError {
  override readonly name = 'StalePlanError';
}

/** A role may not do what was asked of it. A person has to mend a policy. */
export class AccessDeniedError extends DrawbridgeError {
  override readonly name = 'AccessDeniedError';
}

/** Something from outside is not what it must be. Trying again cannot help. */
export class InvalidInputError extends DrawbridgeError {
  override readonly name = 'InvalidInputError';
}

/** CloudFormation or a build refused or failed. */
export class DeploymentFailedError extends DrawbridgeError {
  override readonly name = 'DeploymentFailedError';
}

/** The control plane itself is set up wrongly. */
export class ConfigurationError extends DrawbridgeError {
  override readonly name = 'ConfigurationError';
}

/** The function ran out of time before it finished. */
export class TimeoutError extends DrawbridgeError {
  override readonly name = 'TimeoutError';
}

/** What was asked for is not there. */
export class NotFoundError extends DrawbridgeError {
  override readonly name = 'NotFoundError';
}
