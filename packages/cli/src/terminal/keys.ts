/** Keys of a terminal, while the demo shows itself there. */
import { StringDecoder } from "node:string_decoder";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** What a key does; Ctrl-C is the process's own interruption, which a terminal without lines no longer makes. */
export type Keys = Readonly<Record<string, () => void>>;

/** @returns what gives the terminal back */
export function listenForKeys(stdin: NodeJS.ReadStream, keys: Keys): () => void {
  const decoder = new StringDecoder("utf8");
  const onData = (bytes: Buffer): void => {
    for (const key of decoder.write(bytes)) {
      if (key === CTRL_C) process.kill(process.pid, "SIGINT");
      else keys[key === CTRL_D ? "q" : key.toLowerCase()]?.();
    }
  };
  const restore = (): void => void stdin.setRawMode(false);
  process.once("exit", restore);
  stdin.setRawMode(true);
  stdin.on("data", onData).resume();
  return () => {
    process.off("exit", restore);
    stdin.off("data", onData).pause();
    restore();
  };
}
