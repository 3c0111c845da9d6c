/*
 * Who may decide an open circuit: the probe's lease, fenced by incarnation and token.
 *
 * Modelled: lua/claim, settle, renew and lib/change (`owns`), shared-probe.ts. Two replicas probe, are paused at any point, and
 * repeat or abandon what they send; a message may be lost, come late, or come twice. The store may lose everything, or fall back
 * to an older copy of itself. Time is left out: a lease may run out at any moment, which covers every pause and every clock.
 *
 * Claim: a verdict or an extension is taken only from the very probe that the record's lease was given to.
 *
 * Broken designs (-D): NO_FENCING, KEYED_BY_REPLICA, COUNTER_TOKEN (by itself, or WITH_INCARNATION).
 * TOKEN_ALONE leaves the incarnation out and keeps the random token. NO_FAILOVER leaves only the whole loss.
 */
#define REPLICAS 2
#define PROBES 3 /* that are granted in one run */
#define LOSSES 1
#define MAX_LOST 3 /* as lib/constants.lua */

mtype = { nothing, passed, failed, voided, renewed };

typedef Record {
  bool tripped;
  bool cooling;
  bool leased;
  bool expired;
  byte incarnation; /* 0: no record */
  byte token;
  byte count; /* of leases: what COUNTER_TOKEN takes for a token */
  byte lost;
  byte probe /* ghost: which probe the lease was given to */
};

typedef Message {
  mtype says;
  byte incarnation;
  byte token;
  byte probe /* ghost */
};

Record store;
Record copy; /* what a failover falls back to */
Message sent[REPLICAS];
byte lives = 0;
byte probes = 0;
byte losses = 0;

inline put(to, from) {
  to.tripped = from.tripped; to.cooling = from.cooling; to.leased = from.leased; to.expired = from.expired;
  to.incarnation = from.incarnation; to.token = from.token; to.count = from.count; to.lost = from.lost;
  to.probe = from.probe
}

inline unlease() { store.leased = false; store.expired = false; store.token = 0; store.probe = 0 }
inline open() { store.tripped = true; store.cooling = true; store.lost = 0; unlease() }
inline close() { store.tripped = false; store.cooling = false; store.lost = 0; unlease() }

inline forget(m) { m.says = nothing; m.incarnation = 0; m.token = 0; m.probe = 0 }

#if defined(NO_FENCING)
#define OWNS(m) (store.tripped && store.leased)
#elif defined(TOKEN_ALONE) || (defined(COUNTER_TOKEN) && !defined(WITH_INCARNATION))
#define OWNS(m) (store.tripped && store.leased && m.token == store.token)
#else
#define OWNS(m) (store.tripped && store.leased && m.token == store.token && m.incarnation == store.incarnation)
#endif

inline apply(m) {
  if
  :: OWNS(m) ->
    assert(m.probe == store.probe);
    if
    :: m.says == renewed -> store.expired = false
    :: m.says == passed -> close()
    :: m.says == failed -> open()
    :: m.says == voided -> unlease()
    fi
  :: else /* fenced */
  fi
}

/* It may come again. */
inline arrive(from) {
  atomic {
    sent[from].says != nothing ->
    apply(sent[from]);
    if
    :: forget(sent[from])
    :: skip
    fi
  }
}

inline vanish(from) { atomic { sent[from].says != nothing -> forget(sent[from]) } }

proctype Replica(byte me) {
  bool probing = false;
  byte incarnation, token, probe;
  do
  /* The answer may be lost on its way: then the lease stands, and nobody has it. */
  :: atomic {
      !probing && probes < PROBES && store.tripped && !store.cooling && (!store.leased || store.expired) ->
      if
      :: store.leased -> store.lost++
      :: else
      fi;
      if
      :: store.lost >= MAX_LOST -> open()
      :: else ->
        probes++;
        store.leased = true; store.expired = false; store.count++; store.probe = probes;
#if defined(KEYED_BY_REPLICA)
        store.token = me + 1;
#elif defined(COUNTER_TOKEN)
        store.token = store.count;
#else
        store.token = probes;
#endif
        if
        :: probing = true; incarnation = store.incarnation; token = store.token; probe = store.probe
        :: skip
        fi
      fi
    }
  /* One message of a replica is on its way at a time; it may arrive when its probe is long over. */
  :: atomic {
      probing && sent[me].says == nothing ->
      sent[me].incarnation = incarnation; sent[me].token = token; sent[me].probe = probe;
      if
      :: sent[me].says = renewed
      :: sent[me].says = passed; probing = false
      :: sent[me].says = failed; probing = false
      :: sent[me].says = voided; probing = false
      fi;
      if
      :: !probing -> incarnation = 0; token = 0; probe = 0
      :: else
      fi
    }
  :: atomic { probing -> probing = false; incarnation = 0; token = 0; probe = 0 } /* killed */
  od
}

active proctype Store() {
  do
  :: arrive(0)
  :: arrive(1)
  :: vanish(0)
  :: vanish(1)
  :: atomic { store.leased && !store.expired -> store.expired = true }
  :: atomic { store.cooling -> store.cooling = false }
  :: atomic { /* evidence trips it; without a record it makes one */
      !store.tripped && probes < PROBES ->
      if
      :: store.incarnation == 0 -> lives++; store.incarnation = lives
      :: else
      fi;
      open()
    }
#ifndef NO_FAILOVER
  :: atomic { store.incarnation != 0 && losses < LOSSES -> put(copy, store) }
  :: atomic { losses < LOSSES && copy.incarnation != 0 -> losses++; put(store, copy) }
#endif
  :: atomic { losses < LOSSES -> losses++; close(); store.incarnation = 0; store.count = 0 } /* restarted empty */
  od
}

init { atomic { run Replica(0); run Replica(1) } }
