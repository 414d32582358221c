/** Shown at `GET /`: change it, push, and watch it arrive stage by stage. */
export const version = 1;
