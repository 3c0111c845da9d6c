/** What is said on the page of a target that is missed: by the beginning of its text. Said only while it is. */
export const WHY_MISSED: Readonly<Record<string, string>> = {
  "requests a second, to those of the bare pass-through":
    "the pass-through reads nothing, and takes 35 to 40 µs of a processor for a request; four fifths of its rate would leave ten for all that the gateway is there for. What that takes, `npm run bench -- gateway --stages` says part by part, and in its profiles no part stands out: 7 to 16 µs each for the request (its head judged, its body checked and parsed, so that what is no JSON costs no provider's call), the answer (parsed, since a provider may say 200 and fail all the same), the breaker (admission, deadlines, outcome), the attempts (route, slots, what is remembered of the request), the log's line, the metrics and the collection of it all; 3 to 5 each for holding an answer to its end, so that one that is cut costs nobody an answer, and for what the target gets. The parsing of question and answer, the line and the metrics alone take the ten. The rest is node:http and undici, which run slower among so much other code than alone in a process that does nothing else. An answer of a model takes a thousand times as long; who needs more requests a second than one core gives starts another process on the same store.",
  "added to a lone caller's answer, p50, ms":
    "a lone caller's request waits for nothing but the processor, so what is added is the gateway's processor time for it (below), and where other programs want the two cores, the wait for a turn on one: a request takes four of them, in three processes. The lowest round is what it is where nobody else asks.",
  "requests a second, on two cores with the load beside it":
    "load, provider and whatever else runs share the two cores with the gateway, which gets what they leave: at some 145 µs of processor time for a request, a machine that was left alone gave up to 6,200 requests a second, one that others used half of that.",
  "requests a second, to those of portkey":
    "both want a whole core and share it with the load, so that the ratio is that of their processor times, in the table below.",
  "added p50, to what portkey adds":
    "what is added is processor time, and where others want the cores the wait for a turn on one, which is the same for both.",
};
