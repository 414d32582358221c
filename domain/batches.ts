/** Does the same to many things, so many at once; the answers come in the order of the things. */
export async function inBatches<Item, Answer>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < items.length; from += atOnce) answers.push(...(await Promise.all(items.slice(from, from + atOnce).map((item) => work(item)))));
  return answers;
}
