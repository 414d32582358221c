/** Something that the control plane is made to do again and again, with another value each time. */
export interface Scenario {
  /** As it is called in docs/faults.md. */
  readonly title: string;
  /** Makes ready what all runs share. */
  prepare(): Promise<void>;
  /** Starts a release that goes before each run, and in which nothing goes wrong. */
  ahead?(value: string): Promise<string>;
  /** Does what starts the release. Answers its id as soon as there is one, or nothing if none comes. */
  begin(value: string): Promise<string | undefined>;
  /** Answers what the release asks people, as they would. */
  attend(release: string): Promise<void>;
  /** The outcome that needs no retry, of the release and of each of its targets. */
  readonly good: string;
  /** Opens an ended release for another try, as a person would. */
  retry(release: string): Promise<void>;
  /** What is not as it must be after a run that is right, a sentence each. */
  wrongs(value: string): Promise<string[]>;
  /** The change sets that are executed in one run, whatever happens. */
  readonly executes: number;
}
