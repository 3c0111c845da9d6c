/*
 * Which outcomes count as evidence: those of calls that began in the round they are counted in, also when the store was away.
 *
 * Modelled: shared-record.ts (`adopt`, `rejoined`, reports), outbox.ts (`clear`, `keepStartedAfter`, `putBack`), shared-circuit.ts
 * (a new round makes older tickets count no more), lua/report (`stale`). One replica calls; the others trip, probe and close the
 * record. Calls end at any time; reports are lost, late, or come back unsent; the store is away and comes back.
 *
 * Claim: each failure that the record counts is of a call that began after the record last closed; and no record opens by less.
 *
 * Broken designs (-D): UNTAGGED (a call has no generation), KEPT_WHOLE (the outbox is not sorted at the return), PUT_BACK_BLINDLY,
 * STATE_PUSHED (a replica writes its own circuit at the return).
 */
#define ROUNDS 2 /* closes of the record in one run; written out where rounds are compared */
#define CALLS 3
#define EVIDENCE 2
#define AWAY 2

#define NONE 255

bool isOpen = false;
byte generation = 1;
byte round = 0; /* how often it has closed: what the instant of the last close tells */
byte counted = 0;

bool connected = true;
byte away = 0;
bool viewIsOpen = false;
byte viewGeneration = 1;

byte calls = 0;
byte tag = NONE; /* the generation of the call under way */
byte began; /* ghost where the code has the instant */
byte waiting[3]; /* failures in the outbox, by the round in which their calls began */
byte outboxRound = 0;
byte closedIn = 0; /* what began in an earlier round is put back no more */
bool isOpenHere = false; /* the circuit of this process, beside the shared one */
byte failedHere = 0;
byte oldestHere = NONE;

bool isSent = false;
byte sentGeneration;
byte sentRound;
byte sent[3];

inline discard() { waiting[0] = 0; waiting[1] = 0; waiting[2] = 0 }
inline received() { isSent = false; sentGeneration = 0; sentRound = 0; sent[0] = 0; sent[1] = 0; sent[2] = 0 }

inline trip() { isOpen = true; generation++; counted = 0 }

#define OLD(it) ((round > 0 && it[0] > 0) || (round > 1 && it[1] > 0))

inline arrive() {
  if
  :: sentGeneration != generation || isOpen -> skip /* stale, or ignored */
  :: else ->
    assert(!OLD(sent));
    counted = counted + sent[0] + sent[1] + sent[2];
    if
    :: counted >= EVIDENCE -> trip()
    :: else
    fi
  fi;
  received()
}

/* It provably was not applied. */
inline comesBack() {
#ifndef PUT_BACK_BLINDLY
  if
  :: sentRound != outboxRound || (closedIn > 0 && sent[0] > 0) || (closedIn > 1 && sent[1] > 0) -> skip
  :: else ->
#endif
    waiting[0] = waiting[0] + sent[0]; waiting[1] = waiting[1] + sent[1]; waiting[2] = waiting[2] + sent[2];
#ifndef PUT_BACK_BLINDLY
  fi;
#endif
  received()
}

inline adopt() {
  if
  :: viewGeneration != generation && connected -> discard(); outboxRound++
  :: else
  fi;
  viewIsOpen = isOpen; viewGeneration = generation
}

inline rejoin() {
  adopt();
  if
  :: isOpen -> discard(); outboxRound++
  :: else ->
#ifndef KEPT_WHOLE
    closedIn = round;
    if
    :: round > 0 -> waiting[0] = 0
    :: else
    fi;
    if
    :: round > 1 -> waiting[1] = 0
    :: else
    fi
#else
    skip
#endif
  fi;
#ifdef STATE_PUSHED
  if
  :: isOpenHere && !isOpen -> assert(oldestHere == round); trip()
  :: else
  fi;
#endif
  connected = true; isOpenHere = false; failedHere = 0; oldestHere = NONE
}

active proctype Others() {
  do
  :: atomic { !isOpen && round < ROUNDS -> trip() }
  :: atomic { isOpen && round < ROUNDS -> isOpen = false; generation++; round++ }
  od
}

active proctype Replica() {
  do
  :: atomic {
      tag == NONE && calls < CALLS && !isOpenHere && (!connected || !viewIsOpen) ->
      calls++; tag = viewGeneration; began = round
    }
  :: atomic { /* the call fails; a success would only add to the count of calls */
      tag != NONE ->
#ifndef UNTAGGED
      if
      :: tag == viewGeneration ->
#endif
        waiting[began]++;
        if
        :: !connected ->
          failedHere++;
          if
          :: oldestHere == NONE -> oldestHere = began
          :: else
          fi;
          if
          :: failedHere >= EVIDENCE -> isOpenHere = true
          :: else
          fi
        :: else
        fi;
#ifndef UNTAGGED
      :: else
      fi;
#endif
      tag = NONE; began = 0
    }
  :: atomic {
      connected && !isSent && waiting[0] + waiting[1] + waiting[2] > 0 ->
      isSent = true; sentGeneration = viewGeneration; sentRound = outboxRound;
      sent[0] = waiting[0]; sent[1] = waiting[1]; sent[2] = waiting[2];
      discard()
    }
  :: atomic { isSent -> arrive() } /* late as well: after its own replica has been away, too */
  :: atomic { isSent -> comesBack() }
  :: atomic { isSent -> received() } /* lost */
  :: atomic { connected && viewGeneration != generation -> adopt() }
  :: atomic { connected && away < AWAY -> away++; connected = false }
  :: atomic { !connected -> rejoin() }
  od
}
