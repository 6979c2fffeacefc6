// Package e2e tests the whole product in Chromium: the rooms that only exist in a
// browser, and the journeys of people through the real app and the real server.
//
//	rooms_test.go     the tests of app/device and app/envelope, run inside Chromium
//	storage_test.go   IndexedDB and locks under kills, a full disk, other pages (probe/)
//	journey_test.go   load, cut, ask, fill in, queue, die, deliver, be answered
//	page_test.go      what befalls the page itself: cut off too early, two tabs, a dead program
//	network_test.go   the same phone behind the fault proxy (proxy/)
//	kills_test.go     the tab killed at each turn of a submit's storage work
//	house_test.go     the real server over its own SQLite file
//	edge_test.go      the same journeys with the counter in workerd over D1
//	villager_test.go  what a person does, as sentences
//	shots/            joins screenshots of the journey to the picture of the README
//
// The faults of the reliability plan that are injected here, and by which test:
//
//	F01  tab killed around each write   TestATabKilledAtEachStepOfASubmitKeepsTheApplication, TestAPageKilledWhileItWrites…
//	F02  process killed while writing   TestABrowserKilledWhileItWritesLosesNothing (a kill, not a power cut)
//	F04  two tabs of one draft          TestF04ASecondTabOfADraftOnlyReadsUntilItTakesOver
//	F05  two tabs send                  TestTwoTabsSendOnce, TestTwoPagesShareOneLockAndADeadPageGivesItBack
//	F06  double tap                     TestADoubleTapSubmitsOnce, TestTheJourneysAtTheEdge
//	F07  page frozen and resumed        TestAFrozenPageGivesNothingToASecondSender; the lease in app/device
//	F09  the program panics             TestF09ADeadProgramSaysThatAllIsKeptAndDoesNotDieForEver
//	F10  quota full on a draft          TestAFullPhoneSaysSoAndKeepsWhatWasKept, TestAFullDiskIsSaidAndLeavesWhatIsThere
//	F12  a newer tab needs the database TestANewerPageGetsTheDatabaseAtOnceAndTheOlderIsTold
//	F14  database evicted               TestF14LostDataIsToldWithTheNumbersThatAreLeft, TestAnEvictedDatabaseIsToldAtTheNextVisit
//	F16  nothing may be stored          TestF16ABrowserThatKeepsNothingSaysSoAndCanFillSendAndPrint
//	F19  a new version, a form open     TestF19ANewVersionWaitsForTheFormThatIsOpen
//	F25  request never arrives          TestAnAnswerThatCannotBeTrustedIsNoAnswer (Refuse)
//	F26  response lost after commit     TestALostAnswerIsAskedForAgainAndCountsOnce, TestTheJourneysAtTheEdge
//	F27  duplicate delivery             TestCopiesOfARequestCountOnce
//	F29  503 and 500                    TestAnAnswerThatCannotBeTrustedIsNoAnswer
//	F30  captive portal                 TestACaptivePortalIsNoNetwork
//	F31  clock years off                TestF31AClockYearsOffStopsNeitherAnswersNorSending
//	F35  an answer that never ends      TestEachPhaseHasItsOwnLimit in app/device
//	F36  upload cut                     TestAnAnswerThatCannotBeTrustedIsNoAnswer (CutRequest)
//	F38  response truncated or huge     TestAnAnswerThatCannotBeTrustedIsNoAnswer, TestNothingUsableIsOffline in app/device
//	I5   nothing readable at the server TestTheWholeJourney, TestTheJourneysAtTheEdge
//	I9   wipe means gone                TestAWipeInOnePageEndsTheOther
//	L1   body emptied on the way        TestAnAnswerThatCannotBeTrustedIsNoAnswer (EmptyRequest)
//	L28  strict durability              TestEveryWriteIsStrictlyDurable in app/device
package e2e
