/**
 * The pages of a list, one after the other, until one names no next.
 * @param ask for the page that a token stands for; the first has none
 */
export async function* pages<Page>(ask: (token: string | undefined) => Promise<Page>, nextOf: (page: Page) => string | undefined): AsyncGenerator<Page> {
  let token: string | undefined;
  do {
    const page = await ask(token);
    yield page;
    token = nextOf(page);
  } while (token !== undefined);
}
