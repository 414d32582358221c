/** Change it, commit and push to see the next release go through. */
export const greeting = 'Hello from the first revision';

/** What ValidateService asks: return false to see a deployment fail and roll back. */
export const healthy = () => true;
