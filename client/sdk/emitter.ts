/** A typed event emitter: `on` returns the function that takes the listener off again. */
export type Emitter<Events> = {
  on<N extends keyof Events>(name: N, listener: (value: Events[N]) => void): () => void;
  emit<N extends keyof Events>(name: N, value: Events[N]): void;
  clear(): void;
};

/** A listener that throws does not keep the others from hearing; the error is reported asynchronously. */
export function createEmitter<Events>(): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(value: never) => void>>();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener as (value: never) => void);
      return () => set.delete(listener as (value: never) => void);
    },
    emit(name, value) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          (listener as (value: unknown) => void)(value);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
    clear() {
      listeners.clear();
    },
  };
}
