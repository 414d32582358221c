/** Something that the control plane is made to do again and again, with another value each time. */
export interface Scenario {
  /** As it is called in docs/faults.md. */
  readonly title: string;
  /** Makes ready what all runs share. */
  prepare(): Promise<void>;
  /** Does what starts a release. Answers its id as soon as there is one, or nothing if none comes. */
  begin(value: string): Promise<string | undefined>;
  /** Answers what the release asks people, as they would. */
  attend(release: string): Promise<void>;
  /** Outcomes that need no retry. */
  readonly good: readonly string[];
  /** Opens an ended release for another try, as a person would. */
  retry(release: string): Promise<void>;
  /** What is not as it must be after a run that is right, a sentence each. */
  wrongs(value: string): Promise<string[]>;
  /** How often a stack operation takes effect in one run, whatever happens. */
  readonly executes: number;
}
