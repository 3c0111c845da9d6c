/*
 * That a probe comes to an end: one at a time, and an open circuit of a provider that is well closes.
 *
 * Modelled: lua/claim, renew and settle as far as a lease runs out, is lost or is given back. The store keeps its data and nobody
 * is paused for longer than a lease, so that a prober that lives renews in time. Some probers are killed, some answers to a claim
 * are lost, some probes end without a verdict.
 *
 * Claims: at most one probe is on the wire (assert); the circuit closes (ltl, under weak fairness).
 *
 * Broken designs (-D): NO_RENEWAL (a lease shorter than the probe; with OVERLAP_ALLOWED only the ltl is asked for), NO_EXPIRY,
 * EXTENDED_BY_DENIAL.
 */
#define REPLICAS 2
#define LEASE 2 /* ticks */
#define MAX_LOST 3
#define MAX_VOID 5
#define KILLED 2
#define UNHEARD 1
#define ABORTED 2

bool tripped = true;
bool cooling = true;
bool leased = false;
byte holder = 0;
byte left = 0; /* ticks until the lease has run out */
byte lost = 0;
byte voids = 0;

bool probing[REPLICAS];
byte killed = 0;
byte unheard = 0;
byte aborted = 0;

#define RENEWED (leased && probing[holder])

inline unlease() { leased = false; left = 0; holder = 0 }
inline reopen() { cooling = true; lost = 0; voids = 0; unlease() }

inline settle(passed) {
  if
  :: !leased || holder != me -> skip /* fenced */
  :: else ->
    unlease();
    if
    :: passed -> tripped = false
    :: else ->
      lost = 0; voids++;
      if
      :: voids >= MAX_VOID -> reopen()
      :: else
      fi
    fi
  fi
}

active[REPLICAS] proctype Replica() {
  byte me = _pid;
  do
  :: atomic {
      tripped && !cooling && !probing[me] && (!leased || left == 0) ->
      if
      :: leased -> lost++
      :: else
      fi;
      if
      :: lost >= MAX_LOST -> reopen()
      :: else ->
        leased = true; holder = me; left = LEASE;
        if
        :: probing[me] = true;
#ifndef OVERLAP_ALLOWED
          assert(!(probing[0] && probing[1]))
#endif
        :: unheard < UNHEARD -> unheard++
        fi
      fi
    }
#ifdef EXTENDED_BY_DENIAL
  :: atomic { tripped && leased && left > 0 && !probing[me] -> left = LEASE }
#endif
  :: atomic { probing[me] -> probing[me] = false; settle(true) }
  :: atomic { probing[me] && aborted < ABORTED -> aborted++; probing[me] = false; settle(false) }
  :: atomic { probing[me] && killed < KILLED -> killed++; probing[me] = false }
  od
}

active proctype Time() {
  do
  :: atomic { tripped && cooling -> cooling = false }
#ifdef NO_RENEWAL
  :: atomic { leased && left > 0 -> left-- }
#elif !defined(NO_EXPIRY)
  :: atomic { leased && left > 0 && !RENEWED -> left-- }
#endif
  od
}

ltl closes { <> !tripped }
