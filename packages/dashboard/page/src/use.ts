/** Hooks that join components to the model and to time. */
import { useEffect, useReducer, useState } from "preact/hooks";
import type { Model } from "./model.ts";

export function useModel(model: Model): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const end = model.onChange(() => again(undefined));
    again(undefined); // what came between the first look and this moment
    return end;
  }, [model]);
}

/** Runs again each so many milliseconds; @returns how often it has. */
export function useTicks(everyMs: number): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((before) => before + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return count;
}
