/** What is said on the page of a target that is missed: by the beginning of its text. Said only while it is. */
export const WHY_MISSED: Readonly<Record<string, string>> = {
  "requests a second, to those of the bare pass-through":
    "on a machine that others use this ratio swings from round to round; processor time, in the table below, is the steady measure, and by it the gateway is further off. The pass-through reads nothing. For each request the gateway parses its JSON (for the model, the depth, and to refuse what is none before a provider hears of it), decides which headers may cross, takes a place in the circuit's records and sets its deadlines; it holds a whole answer to its end, so that one that is cut costs nobody an answer, and parses it, since a provider may say 200 and fail all the same. No single part stands out in its profile any more: what the breaker and the gateway do is spread over functions of which none takes two hundredths, beside the two HTTP libraries and the system calls, which cost as much as they do in the pass-through or somewhat more. An answer of a model takes a thousand times as long; who needs more requests a second than one core gives starts another process on the same store.",
  "added to a lone caller's answer, p50, ms":
    "a lone caller's request waits for nothing but the processor, so what is added is the gateway's processor time for it (above), and where other programs want the two cores, the wait for a turn on one: a request takes four of them, in three processes. The lowest round is what it is where nobody else asks.",
  "requests a second, on two cores with the load beside it":
    "a request costs several times the processor time that it did before logs, metrics and the checks of bodies and headers were merged (about 100 µs, on a branch with two changes that main does not have yet). What of them costs it has not been profiled.",
  "requests a second, to those of portkey":
    "as above: the processor time of a request has grown since and is not yet profiled.",
  "added p50, to what portkey adds": "as above.",
};
