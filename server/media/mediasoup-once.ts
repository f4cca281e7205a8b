/** Something that happens at most once; whoever listens afterwards is told, too. */
export class Once {
  #happened = false;
  #listeners: (() => void)[] = [];

  get happened(): boolean {
    return this.#happened;
  }

  listen(listener: () => void): void {
    if (this.#happened) queueMicrotask(listener);
    else this.#listeners.push(listener);
  }

  happen(): void {
    if (this.#happened) return;
    this.#happened = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}
