// Package sim lives whole worlds in one process, each from a seed: phones with the real
// outbox over a storage that can fail at any call, their owners, the networks between,
// the real counter over the real ledger in SQLite, an office with two clerks, a
// publisher who signs directories, a stranger who listens, and every clock. Nothing
// waits in real time, nothing is left to the scheduler of the machine, and a seed that
// breaks a promise does so again:
//
//	go test ./worker/sim -run 'TestSeed$' -seed=N -v       one seed, with its trace
//	go test ./worker/sim -run 'TestSeeds$' -seeds=20000 -v many, on all cores, with the tally
//
// # How
//
// People, pages, requests and clerks are coroutines (iter.Pull) that give way where the
// real program waits: at each call of storage, network and database. One calendar
// decides who goes next; ties go by order of entry. All choices come from one PCG
// generator; crypto/hpke, which takes no randomness as an argument, is fed by
// testing/cryptotest from the same seed. So traces are equal byte for byte, hashes of
// every answer included, and TestASeedReplaysByteForByte compares them. cryptotest's
// randomness belongs to the process, hence many seeds run in several processes.
//
// A page that is killed unwinds at the call it waits in and runs no further; what it
// wrote is there, what it didn't isn't. The database is SQLite in memory with the
// ledger's own statements; it passes ledgertest. A backup is an image of its pages.
//
// # A world
//
// Each seed draws its own mix of faults, a quarter of the worlds nearly none, since
// faults that always come together hide what each does alone. After one to nine hours
// all is healed: clocks, networks, devices. What people left undone they hand over,
// the office answers everything, and the world is held to what must then be true.
//
// # Promises, and where they are held
//
//	I1   no loss         each write of a phone: a draft or an item, never both or none; "saved" was written
//	I2   once            one sid from any taps; the office opens each, finds no twins and reads what was typed
//	I3   no false word   each write: a receipt verifies, names these bytes, and the server did hold them; each look: the word is the facts'
//	I4   forward only    each write: a receipt stays, event numbers rise, and a clerk said each
//	I5   sealed          each message, header, answer, error, row and log line: no canary, plain, hex or base64
//	I6   true rules      each renewal: the directory never goes back
//	I8   bounded         each request: at most 120 a minute and phone; logs at most 50 lines; worlds end
//	I10  progress        a minute after all is well the queue is empty; in 16 the last word is shown
//	I11  audit           the chain verifies against heads kept elsewhere; no row or event without its entry
//	I12  order-free      porcupine: the answers, as seen at the server's door, are those of one counter that does one thing at a time
//	     no mix-up       each hand-over: the item says what its draft said (L22)
//	     nothing unsent is deleted by the program (L23)
//
// I7 and I9 are held by packages policy and outbox. TestEveryPromiseCanBeSeenBroken
// sabotages the world to see each of these found.
//
// Two of them bend where the world is lied to. A device that says "flushed" and forgets
// may forget what was saved; then an application that was already sent is handed
// over again as other bytes, and stays as stuck. And where a restore took away answers
// that a clock a day ahead had signed, the office's later words look older than those.
//
// # Every fault and the test that meets it
//
// Names after "sim:" are this package's faults: TestEachFaultAlone/<name> gives each a
// world of its own, and TestSeeds demands each of them in the random mix.
//
//	F01  app/outbox TestF01_KilledAtEveryStoreCallOfSubmit, TestF01_KilledAtEveryStoreCallOfStep; wasm/e2e TestAPageKilledWhileItWritesLosesNothingAndWritesNothingByHalf; sim: tab-killed crash-before crash-after
//	F02  app/outbox TestF02_PowerCutWhileTypingLosesAtMostTheCurrentField, TestF02_AnUnflushedTailGivesTheCheckpointBefore; sim: power-cut lost-tail
//	F03  open: no page takes pictures yet; a browser killed at any moment is TestABrowserKilledWhileItWritesLosesNothing
//	F04  app/outbox TestF04_TheSecondPageReadsOnlyUntilItTakesOver, TestF04_AClosedPageFreesTheDraft; sim: second-tab
//	F05  app/outbox TestF05_TwoPagesSendOnce, TestF05_PagesAtOnceMakeOneCase; wasm/e2e TestTwoTabsSendOnce; sim: second-tab no-locks
//	F06  app/outbox TestF06_DoubleTapMakesOneEnvelope, TestF06_TheSecondTapGetsTheItemOfTheFirst; wasm/e2e TestADoubleTapSubmitsOnce; sim: double-tap
//	F07  wasm/e2e TestAFrozenPageGivesNothingToASecondSender; sim: frozen-tab
//	F08  static TestAProgramThatCannotStartLeavesThePage
//	F09  open: a panic in the running page is not injected; a page that dies is sim: tab-killed
//	F10  app/outbox TestF10_AFullPhoneSaysNotSaved; wasm/e2e TestAFullPhoneSaysSoAndKeepsWhatWasKept, TestAFullDiskIsSaidAndLeavesWhatIsThere; sim: store-full
//	F11  open: photos are not submitted yet
//	F12  wasm/e2e TestANewerPageGetsTheDatabaseAtOnceAndTheOlderIsTold; app/device TestANewerPageIsLetThroughAndTheOldOneCanStillSave
//	F13  app/outbox TestF13_TheStoreKnowsItsLayout; app/device TestADatabaseOfAnOlderBuildGrowsItsMissingTables, TestADatabaseOfANewerBuildStillOpens
//	F14  wasm/e2e TestAnEvictedDatabaseIsToldAtTheNextVisit; app/device TestAnEvictedDatabaseIsNoticedUntilTheAppHasSaidSo
//	F15  app/outbox TestL22_ItemsOfAnotherAreNeitherShownNorSent; sim: damaged (of records; a whole file of random bytes is the browser's to refuse)
//	F16  static TestPrivateModeStillRuns; app/device TestWithoutIndexedDBTheStoreIsUnavailable
//	F17  app/outbox TestF17_AReceiptIsReportedOnlyWhenItIsStored; sim: null-read
//	F18  static TestALineThatIsCutAllTheTimeStillBringsTheProgram, TestKeptPiecesAreUsedAndSpoiltOnesReplaced
//	F19  static TestANewVersionWaitsForThePersonAndIsWhole
//	F20  static TestTheWorkerTouchesOnlyItsOwn (no request of ours passes the worker)
//	F21  static TestWrongBytesAreRefusedUntilTheRightOnesCome
//	F22  static TestAnIncompleteOrOlderVersionIsRefused
//	F23  static TestNoServiceWorkerStillRuns
//	F24  static TestNoServiceWorkerStillRuns (nothing needs the worker to live); sim: frozen-tab
//	F25  app/outbox TestF25_ARequestThatNeverArrivesIsTriedAgainWithTheSameSid; sim: request-lost
//	F26  app/outbox TestF26_ResponseLostAfterCommit; wasm/e2e TestALostAnswerIsAskedForAgainAndCountsOnce; sim: response-lost
//	F27  app/outbox TestF27_EveryCopyGetsTheSameReceipt; wasm/e2e TestCopiesOfARequestCountOnce; sim: copies
//	F28  app/outbox TestF28_EventsInAnyOrderEndAlike; sim: late-request
//	F29  app/outbox TestF29_RetryAfterIsHonouredAndCapped, TestF29_AStormOfServerErrorsIsWaitedOut; sim: server-error busy
//	F30  app/outbox TestF30_F38_F39_AnswersOfOthersAreNoAnswer, TestF30_APutIsBelievedNoMoreThanASync; wasm/e2e TestACaptivePortalIsNoNetwork; sim: portal-page portal-redirect
//	F31  app/outbox TestF31_APhoneYearsBehindStillSealsAndIsNotStuckAtOnce; sim: clock-wrong
//	F32  app/outbox TestF32_AClockThatJumpsBackHoldsNothingUp; sim: clock-jump
//	F33  app/outbox TestF33_TheReceiptShowsTheServersTime; sim: server-skew
//	F34  open: no test holds the whole delivery to 60 s at 5 KB/s; each limit of an exchange is TestEachPhaseHasItsOwnLimit
//	F35  app/device TestEachPhaseHasItsOwnLimit, TestASlowAnswerThatKeepsComingArrives; sim: slow-loris
//	F36  worker/desk TestAnUploadCutAnywhereStoresNothing; sim: cut-request
//	F37  app/device TestNothingUsableIsOffline; wasm/e2e/proxy TestADeadServerIsNoAnswer; sim: request-lost
//	F38  app/outbox TestF30_F38_F39_AnswersOfOthersAreNoAnswer; sim: cut-response empty-response huge-response odd-type
//	F39  wasm/e2e TestAnAnswerThatCannotBeTrustedIsNoAnswer; sim: flipped-answer portal-page
//	F40  worker/desk TestABusyOrUncertainDatabaseIsNeverAReceipt; worker/e2e TestLedgerOverD1; sim: db-lost-sent db-lost-unsent
//	F41  worker/ledger/sqlite TestAFullQueueAndAClosedFileAreBusy; sim: db-busy
//	F42  worker/ledger/sqlite TestOneFailingBatchLeavesItsCompanionsAlone; worker/e2e TestLedgerOverD1; sim: db-fails
//	F43  open: no copy that lags is read; the port asks for one order of all batches
//	F44  sim: restart
//	F45  app/outbox TestF45_L13_AServerRestoredFromYesterdayGetsItAgain; worker/host TestTheEpochStaysUntilTheLedgerForgets; sim: restore
//	F46  open: the counter hands nothing to a message queue
//	F47  worker/desk TestTheCounterOverSQLite; sim: bad-request
//	F48  app/envelope TestManyNestedLevelsCostNothing; worker/desk TestTheCounterOverSQLite; sim: bad-request
//	F49  open: thousands of phones at once are a test of load, not of order; here at most three with four applications each
//	F50  app/policy/trust TestAnAttackedPhoneRefusesAndKeepsWhatItHas; sim: old-bundle
//	F51  app/policy/trust TestEachFlippedByteIsRefused, TestEveryTruncationIsRefused; sim: bad-bundle
//	F52  app/policy/trust TestExpiryIsReportedWithItsDateAndTakesNothingAway; sim: frozen-bundle
//	F53  app/policy/trust TestARootRotationUndoesAFastForward
//	F54  app/policy/trust TestEveryAttackIsOnlyRefusedForItsOwnReason, TestAPackIsOnlyTheFileOfTheIndex
//	F55  app/interview TestASessionSurvivesStorageAndANewPack
//	F56  app/policy TestPacksThatMisleadAreRefused, TestALyingLengthCostsNoMemory
//	F57  sim: replay
//	F58  worker/ledger/sqlite TestLedgerOverSQLite (a wrong secret and an unknown sid look alike; time and a million tries are not measured); sim: guess
//	F59  app/outbox TestF59_OtherBytesUnderASidAreKeptAndShown; sim: other-bytes
//	F60  app/outbox TestF60_L27_ARetiredKeyMeansSealingAgain, TestF60_ANewKeyIsWaitedForAndUsedWithoutATap; sim: key-rotated key-retired key-expired
//	F61  worker/office TestEnvelopesForAnOldKeyOpenWithIt; sim: key-retired service-key
//	F62  static TestThePolicyStopsInlineCode, TestAnyTextAndAnyAttributeArriveAsTheyWere
//	F63  open: the office has no sessions yet; what it signs counts once by TestARequestIsSignedForOneCallOnly
//	F64  worker/ledger/sqlite TestEveryEditOfTheAuditIsFound; worker/sim TestEveryPromiseCanBeSeenBroken
//	F65  open: there is no kiosk session yet
//	F66  open: there is no kiosk session yet
//	F67  app/filing TestEveryValidNumberIsTakenAndEverySlipIsNot
//	F68  open: a browser asks nobody before it deletes an app; nothing of ours deletes what is unsent by TestL23_NothingUnsentIsRemoved
//	F69  open: a drill for people, not for a program
//	F70  sim: outage
//
//	L1   app/outbox TestL1_ABodyDamagedOnTheWayIsSentAgain; static TestTheWorkerTouchesOnlyItsOwn; sim: empty-request flipped-request
//	L2   open: no form has files yet
//	L3   open: no form has files or a signature yet
//	L4   open: no form has files yet
//	L5   open: no form has files yet; the envelope is kept until the office has it by TestF45_L13_AServerRestoredFromYesterdayGetsItAgain
//	L6   open: nothing is sent in pieces yet; whole envelopes in any number are sim: copies
//	L7   app/outbox TestF27_EveryCopyGetsTheSameReceipt; worker/ledger/sqlite TestLedgerOverSQLite; sim: copies
//	L8   sim: late-response
//	L9   app/outbox TestF01_KilledAtEveryStoreCallOfStep; sim: server-error
//	L10  app/outbox TestL10_AStoreThatFailsWhileHandlingAFailure; sim: store-refuses
//	L11  app/device TestValuesOfAllSizesComeBack (bytes, not blobs); sim: store-refuses
//	L12  app/outbox TestL12_EveryRefusalKeepsTheRecord, TestL12_OneBadItemNeverHoldsUpTheOthers
//	L13  app/outbox TestF45_L13_AServerRestoredFromYesterdayGetsItAgain; worker/desk TestTheCounterOverSQLite; sim: restore
//	L14  app/outbox TestF04_TheSecondPageReadsOnlyUntilItTakesOver; worker/office TestTheSecondOfTwoClerksLooksAgain; sim: two-clerks second-tab
//	L15  open: nobody signs in on a phone, so nobody's signing in deletes; deletion itself is TestL23_NothingUnsentIsRemoved
//	L16  open: there is no account to revoke; each application carries its own secret
//	L17  wasm/e2e TestAnEvictedDatabaseIsToldAtTheNextVisit
//	L18  app/device TestAClosedHandleIsOpenedAgain, TestAWedgedHandleIsOpenedAgain; sim: store-full store-refuses
//	L19  static TestANewVersionWaitsForThePersonAndIsWhole, TestEveryAddressOpensWithTheServerGone
//	L20  app/outbox TestL20_ALayerThatRefusesTheSizeIsWorkedAround; sim: layer-limit
//	L21  static TestKeptPiecesAreUsedAndSpoiltOnesReplaced
//	L22  app/outbox TestL22_ItemsOfAnotherAreNeitherShownNorSent, TestL22_ADraftUnderAnothersNameIsRefused; sim: damaged
//	L23  app/outbox TestL23_NothingUnsentIsRemoved
//	L24  app/outbox TestF01_KilledAtEveryStoreCallOfStep; sim: crash-before crash-after second-tab
//	L25  app/outbox TestANewerServerMaySayMore; sim: newer-server newer-phone
//	L26  app/outbox TestL26_WhenSealingFailsTheDraftStays; sim: no-random
//	L27  app/outbox TestF60_L27_ARetiredKeyMeansSealingAgain; sim: key-retired
//	L28  app/device TestEveryWriteIsStrictlyDurable; sim: lost-tail
//	L29  open: no test reads the advice that an iPhone's page gives
//	L30  open: no form has files yet
//	L31  open: there is no kiosk session yet
//	L32  app/outbox TestF28_EventsInAnyOrderEndAlike; sim: event-ahead event-again late-request forged-news
//
// Faults of the mix without a row: forged-receipt, old-answer (I3).
package sim
