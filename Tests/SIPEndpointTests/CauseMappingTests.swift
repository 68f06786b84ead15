import CallControl
import SIP
import Testing

@testable import SIPEndpoint

struct CauseMappingTests {
    @Test(
        "a cause refuses an INVITE with the status of RFC 3398",
        arguments: [
            (1, 404), (3, 404), (16, 480), (17, 486), (18, 408), (19, 480), (20, 480), (21, 603), (22, 410), (27, 502), (28, 484),
            (34, 503), (44, 486),
            (38, 503), (41, 503), (42, 503), (47, 503), (65, 488), (79, 501), (102, 504), (127, 500), (99, 500),
        ])
    func statusOfCause(q850: Int, status: Int) {
        #expect(Cause(q850: q850).status == status)
    }

    @Test(
        "a status becomes the cause of RFC 3398",
        arguments: [
            (400, 41), (403, 21), (404, 1), (408, 102), (410, 22), (480, 18), (483, 25), (484, 28), (486, 17), (488, 65), (500, 41),
            (501, 79),
            (502, 38), (503, 41), (504, 102), (600, 17), (603, 21), (604, 1), (302, 127), (499, 41), (599, 41), (699, 21),
        ])
    func causeOfStatus(status: Int, q850: Int) {
        #expect(Cause(status: status) == Cause(q850: q850))
    }

    @Test(
        "a Reason header is read whatever its spacing, case and neighbours",
        arguments: [
            ("Q.850;cause=17;text=\"User busy\"", 17), ("q.850 ; cause = 19", 19), ("SIP;cause=200, Q.850;cause=26", 26),
            ("Q.850;text=\"x\";cause=127", 127),
        ])
    func reasonIn(value: String, q850: Int) {
        #expect(Cause(reason: value) == Cause(q850: q850))
    }

    @Test(
        "a Reason without a Q.850 cause says nothing",
        arguments: ["", "SIP;cause=200", "Q.850", "Q.850;cause=0", "Q.850;cause=128", "Q.850;cause=x"])
    func reasonWithoutCause(value: String) {
        #expect(Cause(reason: value) == nil)
    }

    @Test("who is refused because we have as many calls as we serve well is told when to try again, and nobody else")
    func retryAfter() {
        #expect(Cause.channelUnavailable.headers["Retry-After"] == "5")
        #expect(Cause.userBusy.headers["Retry-After"] == nil)
    }

    @Test("a cause comes back from its own Reason header", arguments: 1...127)
    func roundTrip(q850: Int) {
        #expect(Cause(reason: Cause(q850: q850).reason) == Cause(q850: q850))
    }

    @Test("a Reason header is believed before the status")
    func reasonBeatsStatus() {
        var headers = SIPHeaders()
        headers.add("Reason", "SIP;cause=486")
        headers.add("reason", "Q.850;cause=19")
        #expect(Cause(reasonOf: headers, otherwise: .userBusy) == .noAnswer)
        #expect(Cause(reasonOf: SIPHeaders(), otherwise: .userBusy) == .userBusy)
    }
}
