/*
 * After a loss of data: an open period that a replica had read from the store is put back, and only against less history.
 *
 * Modelled: view.ts (`onAnswer`: when a view asks for it), shared-record.ts (`#reassert`), lua/reassert (what the store allows). One
 * replica looks, others change the record; what it puts back may arrive late, after others have put it back, probed and closed.
 * The store loses everything, or falls back to an older copy of itself.
 *
 * Claims: what is put back never overrides a close that is newer than the open period it speaks of; and after a look the record is
 * open again while the view's period runs, unless the store has other news.
 *
 * Broken designs (-D): BLIND (the store does not compare), ANY_LIFE (versions are compared across incarnations), NOT_PUT_BACK.
 * DEEP lets a failover lose any number of changes, which is a known bound: docs/explanation/model-check.md.
 */
#define CHANGES 7
#define LOSSES 1
#ifdef DEEP
#define LAG 255
#else
#define LAG 1 /* changes of the record that a failover loses at most */
#endif

mtype = { closed, open, claimed };

typedef Facts {
  byte incarnation; /* 0: no record */
  byte version;
  mtype circuit;
  byte since /* ghost: when this open period began, or it closed, by a clock that nobody has */
};

Facts store;
Facts copy;
Facts view;
Facts past; /* what is put back, on its way */
bool isSent = false;
bool runs = false; /* the view's open period */
byte clock = 0; /* ghost */
byte lives = 0;
byte changes = 0;
byte losses = 0;

inline put(to, from) {
  to.incarnation = from.incarnation; to.version = from.version; to.circuit = from.circuit; to.since = from.since
}
inline clear(it) { it.incarnation = 0; it.version = 0; it.circuit = closed; it.since = 0 }

inline turn(into) {
  if
  :: store.incarnation == 0 -> lives++; store.incarnation = lives
  :: else
  fi;
  store.version++; store.circuit = into;
  if
  :: into != claimed -> clock++; store.since = clock
  :: else
  fi
}

#define SAME_LIFE (store.incarnation == past.incarnation)
#if defined(BLIND)
#define LESS_HISTORY true
#elif defined(ANY_LIFE)
#define LESS_HISTORY (store.incarnation == 0 || store.version < past.version)
#else
#define LESS_HISTORY (store.incarnation == 0 || store.version == 0 || (SAME_LIFE && store.version < past.version))
#endif

inline putBack() {
  if
  :: store.circuit != claimed && LESS_HISTORY ->
    assert(store.circuit == open || store.since < past.since);
    if
    :: store.circuit == closed -> store.since = past.since
    :: else
    fi;
    store.circuit = open;
    if
    :: SAME_LIFE && store.version < past.version -> store.version = past.version
    :: else
    fi;
    if
    :: store.incarnation == 0 -> lives++; store.incarnation = lives
    :: else
    fi;
    store.version++
  :: else
  fi
}

/* The answer to a question that nothing overtook. */
inline look() {
  if
  :: store.incarnation == view.incarnation && store.version == view.version && store.circuit == view.circuit
  :: else ->
    if
    :: view.circuit == open && runs && (store.incarnation == 0 ||
        (store.incarnation == view.incarnation && store.version < view.version)) ->
#ifndef NOT_PUT_BACK
      put(past, view); isSent = true
#else
      skip
#endif
    :: else -> put(view, store); runs = (view.circuit == open)
    fi
  fi
}

proctype Store() {
  do
  :: atomic {
      changes < CHANGES ->
      changes++;
      if
      :: store.circuit == closed -> turn(open)
      :: store.circuit == open -> turn(claimed)
      :: store.circuit == claimed -> turn(closed)
      :: store.circuit == claimed -> turn(open)
      fi
    }
  :: atomic { losses < LOSSES && store.incarnation != 0 -> put(copy, store) }
  :: atomic {
      losses < LOSSES && copy.incarnation != 0 && store.version <= copy.version + LAG ->
      losses++; put(store, copy); clear(copy)
    }
  :: atomic { losses < LOSSES && store.incarnation != 0 -> losses++; clear(store); clear(copy) }
  :: atomic { isSent -> putBack(); isSent = false; clear(past) }
  :: atomic { isSent -> isSent = false; clear(past) }
  od
}

proctype Replica() {
  do
  :: atomic { !isSent -> look() }
  :: atomic { runs -> runs = false }
  :: atomic { /* at the end: one look whose messages come through */
      !isSent ->
      look();
      if
      :: isSent -> putBack(); isSent = false; look()
      :: else
      fi;
      assert(!(view.circuit == open && runs && store.circuit == closed));
      break
    }
  od
}

init { atomic { clear(store); clear(copy); clear(view); clear(past); run Store(); run Replica() } }
