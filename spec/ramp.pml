/*
 * How demand comes back after a circuit closed.
 *
 * Modelled: ramp.ts, and of machine.ts when a call takes a slot, and when it gives it back. Callers try again for ever. At first some
 * calls fail and some hang for ever; from then on the provider serves. Time is one bit: whether calls in flight have been let in for
 * long (LET_IN_AFTER_MS).
 *
 * Claims: the ramp is over only once it was wide (assert), and it is over at some time (ltl, under weak fairness).
 *
 * Broken designs (-D): ENDS_WHEN_UNMET, NO_FLOOR, NEVER_OVER, and SLOTS_KEPT together with NO_WIDENING. Either of the last two by
 * itself holds: one of them is enough.
 */
#define CALLERS 4
#define FROM 2
#define WIDE 8 /* 64 in the code */
#define MOST 16 /* the limit is not followed further */
#define NO_END 255
#define FAILED 2
#define HUNG 2

byte limit = FROM;
byte inFlight = 0;
byte demand = 0;
bool longAgo = false; /* since a call was let in */
bool over = false;
byte failed = 0;
byte hung = 0;

inline widen() {
  if
  :: limit < MOST -> limit = limit * 2
  :: else
  fi
}

inline succeeded() {
  widen();
#if defined(ENDS_WHEN_UNMET)
  if
  :: demand < limit -> over = true; assert(limit >= WIDE)
#elif defined(NEVER_OVER)
  if
  :: false -> skip
#else
  if
  :: limit >= WIDE && demand < limit -> over = true; assert(limit >= WIDE)
#endif
  :: else -> demand = inFlight
  fi
}

inline halve() {
  limit = limit / 2;
#ifndef NO_FLOOR
  if
  :: limit < FROM -> limit = FROM
  :: else
  fi
#endif
}

active[CALLERS] proctype Caller() {
  bool calling = false;
  do
  :: atomic {
      !calling && !over ->
#ifndef NO_WIDENING
      if
      :: inFlight >= limit && longAgo -> widen()
      :: else
      fi;
#endif
      if
      :: demand < inFlight + 1 -> demand = inFlight + 1
      :: else
      fi;
      if
      :: inFlight < limit -> inFlight++; longAgo = false; calling = true
      :: else -> demand = NO_END /* rejected with "ramping"; it comes again */
      fi
    }
  :: atomic { calling -> /* content comes, and then the end */
      calling = false;
      if
      :: over
      :: else -> succeeded(); inFlight--
      fi
    }
  :: atomic { calling && failed < FAILED -> failed++; calling = false; inFlight--; halve() }
  :: atomic {
      calling && hung < HUNG ->
      hung++;
#ifndef SLOTS_KEPT
      inFlight--; /* it has turned silent */
#endif
      break
    }
  :: atomic { over && !calling -> break }
  od
}

active proctype Time() {
  do
  :: !over && inFlight > 0 && !longAgo -> longAgo = true
  :: over -> break
  od
}

ltl ends { <> over }
