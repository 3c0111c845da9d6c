/** Why a library goes another way in a scenario: read in its source, at the version that is played. */

/** By library, then by the scenario's id. The scoreboard fails where a difference has no reason here, or a reason no difference. */
export const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  recloser: {
    "store.trip-under-way":
      "Calls under way count as calls, so that replica opens for itself at two failures of four. The other two failures belong to a period that is over, and two results are too few to open the circuit for all. With calls one after another all four are reported, and it opens for all.",
  },
  opossum: {
    "window.fresh":
      "`close()` leaves the rolling window as it was: while it is longer than the cooldown, the failures that opened the circuit count again.",
    "window.rejections":
      "The rate is failures over `fires`, and a refused call is a `fire`. Forty refusals make four failures a small part.",
    "half-open.hung":
      "Without a time limit nothing ends the probe. Its default is a limit of 10 s for every call, with which it passes; answers of LLMs may take longer.",
    "half-open.cancelled":
      "An error that `errorFilter` takes is emitted as a success, which closes. Not filtered, it would open the circuit again.",
    "late.success": "Every success closes a half-open circuit. A call does not know in which period it began.",
    "late.failure-waiting": "Every failure opens a half-open circuit, whether it is the probe's or not.",
    "late.failure-probing": "Every failure opens a half-open circuit, whether it is the probe's or not.",
    "late.after-closing":
      "A failure counts when the call ends, whenever it began; those that opened the circuit count too.",
    "classes.no-success": "An error that `errorFilter` takes is counted as a success.",
    "with.capacity": "A call for which there is no room goes through the same handler as a failure of the action.",
  },
  cockatiel: {
    "window.idle":
      "`SamplingBreaker` turns by one bucket at each result, however long ago the last one was. After an idle time the old failures are still in the sum.",
    "window.cold-start":
      "`SamplingBreaker` sees results only. Where failures are fast and answers slow, the first results are failures.",
    "half-open.one": "By design: a call waits for the probe's end, and is made or refused then.",
    "half-open.hung":
      "The breaker has no time limit of its own, and calls wait for the probe. With a `timeout` policy inside, the probe ends at its limit.",
    "half-open.cancelled": "By design: an error that the policy does not handle is taken for a success of the probe.",
    "late.failure-probing":
      "A failure of a call from before the trip opens the half-open circuit; the probe's success then finds it open, and changes nothing.",
    "late.after-closing": "A failure counts when the call ends, whenever it began.",
  },
};
