/*
 * What a replica holds for true of a shared record, and when an answer or a push may change it.
 *
 * Modelled: view.ts (`onPush`, `onAnswer`), shared-record.ts (revision, reassert), link.ts (poll, which records it reads),
 * lua/changes and reassert. Others change the record; pushes are lost, late, reordered; questions overlap, and their answers are
 * lost, late, reordered. The store may lose everything or fall back to an older copy, which then goes on differently.
 *
 * Claims: without a loss of data a view never runs backwards; after quiet, a poll and a report make view and record equal, or, where
 * the store lost an open period and somebody probes there already, the end of that period in the view.
 *
 * Broken designs (-D): ADOPT_ANSWERS, ADOPT_PUSHES, EQUAL_BY_VERSION, PUSH_ONLY, READ_CHANGED_ONLY.
 * NO_TRAFFIC leaves the report out: what the poll alone does not see.
 */
#define CHANGES 3 /* of the record, beside the trip that a run begins with */
#define LOSSES 1
#define ASKED 2 /* questions at a time */

mtype = { closed, open, claimed };
mtype = { idle, reading, reasserting, answered };
mtype = { adopt, refresh, read, reassert, ignore };

typedef Facts {
  byte incarnation; /* 0: no record */
  byte version;
  byte generation;
  mtype circuit
};

typedef Question {
  mtype stage;
  bool outrun; /* the view has changed since it was asked: its revision is another */
  Facts facts /* what is put back, then what was answered */
};

Facts store;
byte logLife = 0;
byte logged = 0;
Facts copy; /* what a failover falls back to, and its log */
byte copyLife = 0;
byte copyLogged = 0;

Facts view;
bool runs = false; /* the open period of the view has not ended */
byte cursorLife = 0;
byte cursor = 0;

bool isPushed = false;
Facts pushed;
Question asked[ASKED];
bool quiet = false;
byte lives = 0;
byte changes = 0;
byte losses = 0;
bool putBack = false; /* where a verdict wants it */

inline put(to, from) {
  to.incarnation = from.incarnation; to.version = from.version; to.generation = from.generation; to.circuit = from.circuit
}
inline clear(it) { it.incarnation = 0; it.version = 0; it.generation = 0; it.circuit = closed }

/* ---- the store ---- */

inline changed() {
  if
  :: store.incarnation == 0 -> lives++; store.incarnation = lives
  :: else
  fi;
  if
  :: logLife == 0 -> logLife = lives
  :: else
  fi;
  store.version++; logged++;
  if
  :: put(pushed, store); isPushed = true /* an older one that is still on its way is lost */
  :: skip
  fi
}

inline applyReassert(past) {
  if
  :: store.circuit != claimed && (store.incarnation == 0 || store.version == 0 ||
      (store.incarnation == past.incarnation && store.version < past.version)) ->
    store.circuit = open;
    if
    :: store.incarnation == past.incarnation && store.version < past.version -> store.version = past.version
    :: else
    fi;
    if
    :: store.generation < past.generation -> store.generation = past.generation
    :: else
    fi;
    changed()
  :: else
  fi
}

inline execute(at) {
  atomic {
    asked[at].stage == reading || asked[at].stage == reasserting ->
    if
    :: asked[at].stage == reasserting -> applyReassert(asked[at].facts)
    :: else
    fi;
    put(asked[at].facts, store);
    asked[at].stage = answered
  }
}

proctype Store() {
  do
  :: atomic {
      !quiet && changes < CHANGES ->
      changes++;
      if
      :: store.circuit == closed -> store.generation++; store.circuit = open
      :: store.circuit == open -> store.circuit = claimed
      :: store.circuit == claimed -> store.generation++; store.circuit = closed
      :: store.circuit == claimed -> store.generation++; store.circuit = open
      fi;
      changed()
    }
  :: atomic { !quiet && losses < LOSSES && store.incarnation != 0 -> put(copy, store); copyLife = logLife; copyLogged = logged }
  :: atomic {
      !quiet && losses < LOSSES && copy.incarnation != 0 ->
      losses++; put(store, copy); logLife = copyLife; logged = copyLogged; clear(copy); copyLife = 0; copyLogged = 0
    }
  :: atomic { !quiet && losses < LOSSES && store.incarnation != 0 -> losses++; clear(store); logLife = 0; logged = 0;
      clear(copy); copyLife = 0; copyLogged = 0 }
  :: atomic { isPushed -> isPushed = false; clear(pushed) }
  :: execute(0)
  :: execute(1)
  :: atomic { !quiet -> quiet = true; break }
  od
}

/* ---- the replica ---- */

#define SAME_LIFE(facts) (facts.incarnation == view.incarnation)
#ifdef EQUAL_BY_VERSION
#define IS_SAME(facts) (facts.version == view.version)
#else
#define IS_SAME(facts) \
  (facts.version == view.version && facts.generation == view.generation && facts.circuit == view.circuit)
#endif

inline take(these) {
  assert(losses > 0 || these.incarnation != view.incarnation || these.version > view.version);
  put(view, these); runs = (view.circuit == open);
  asked[0].outrun = (asked[0].stage != idle); asked[1].outrun = (asked[1].stage != idle)
}

inline onPush(it) {
#ifdef ADOPT_PUSHES
  take(it)
#else
  if
  :: SAME_LIFE(it) && it.version > view.version -> take(it)
  :: else /* ignored, or read: questions are asked at any time here */
  fi
#endif
}

inline onAnswer(it, late) {
  putBack = false;
#ifdef ADOPT_ANSWERS
  take(it)
#else
  if
  :: SAME_LIFE(it) && it.version > view.version -> take(it)
  :: else ->
    if
    :: late -> skip
    :: else ->
      if
      :: SAME_LIFE(it) && IS_SAME(it) -> skip /* only deadlines may differ */
      :: else ->
        if
        :: view.circuit == open && runs && (it.incarnation == 0 || it.version == 0 ||
            (SAME_LIFE(it) && it.version < view.version)) -> putBack = true
        :: else -> take(it)
        fi
      fi
    fi
  fi
#endif
}

inline forget(at) { clear(asked[at].facts); asked[at].stage = idle; asked[at].outrun = false }

inline ask(at) {
  atomic {
    !quiet && asked[at].stage == idle ->
    asked[at].stage = reading; asked[at].outrun = false
  }
}

inline answer(at) {
  atomic {
    asked[at].stage == answered ->
    if
    :: onAnswer(asked[at].facts, asked[at].outrun);
      forget(at);
      if
      :: putBack -> putBack = false; asked[at].stage = reasserting; put(asked[at].facts, view)
      :: else
      fi
    :: forget(at) /* lost */
    fi
  }
}

#define LOG_IS_COMPLETE (cursorLife == logLife && cursor <= logged)
#define HAS_CHANGED (!LOG_IS_COMPLETE || cursor < logged)
#ifdef READ_CHANGED_ONLY
#define IS_DUE HAS_CHANGED
#else
#define IS_DUE (HAS_CHANGED || view.circuit != closed)
#endif

/* A round trip with nothing else under way; what the store lost is put back in a second one. */
inline roundTrip() {
  onAnswer(store, false);
  if
  :: putBack -> putBack = false; applyReassert(view); onAnswer(store, false)
  :: else
  fi
}

inline poll() {
  if
  :: IS_DUE -> roundTrip()
  :: else
  fi;
  cursorLife = logLife; cursor = logged
}

proctype Replica() {
  do
  :: ask(0)
  :: ask(1)
  :: answer(0)
  :: answer(1)
  :: atomic { isPushed -> onPush(pushed); isPushed = false; clear(pushed) }
  :: atomic { runs -> runs = false }
  :: atomic { /* a poll: a read that fails is asked for again, so that it can as well come at once */
      !quiet && asked[0].stage == idle && asked[1].stage == idle ->
      poll()
    }
  :: atomic {
      quiet && !isPushed && asked[0].stage == idle && asked[1].stage == idle ->
#ifndef PUSH_ONLY
      poll();
      if
      :: runs && store.circuit == claimed -> runs = false; poll() /* nothing is put back where somebody probes already */
      :: else
      fi;
#ifndef NO_TRAFFIC
      if
      :: view.circuit == closed -> roundTrip() /* the answer to a report, as it comes with calls */
      :: else
      fi;
#endif
#endif
      assert(view.incarnation == store.incarnation && view.version == store.version &&
        view.generation == store.generation && view.circuit == store.circuit);
      break
    }
  od
}

init {
  atomic {
    clear(copy); clear(pushed); forget(0); forget(1);
    store.incarnation = 1; store.version = 1; store.generation = 1; store.circuit = open;
    lives = 1; logLife = 1; logged = 1;
    if
    :: clear(view)
    :: put(view, store); runs = true; cursorLife = 1; cursor = 1
    fi;
    run Store(); run Replica()
  }
}
