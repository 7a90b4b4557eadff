import Doctor
import Gauges
import Testing
import Vocabulary

@testable import Assembly

@Suite("How hints get through, in figures")
struct HouseLinkTests {
    private var link = HouseLink(
        isUp: false, since: "2026-11-22T01:00:00.000Z", sinceMs: 1_000, server: "redis 7.0.15", lastError: "connection refused",
        reconnects: 2, sent: 30, dropped: 4, heard: 50, ignored: 6, silent: 1)

    @Test("Metrics have the link's state and each of its numbers")
    func metrics() {
        var page = Exposition()
        link.write(to: &page)
        let lines = Set(page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init))
        #expect(
            lines == [
                "switchboard_bus_up 0", "switchboard_bus_change_timestamp_seconds 1", "switchboard_bus_reconnects_total 2",
                "switchboard_bus_sent_total 30", "switchboard_bus_dropped_total 4", "switchboard_bus_heard_total 50",
                "switchboard_bus_ignored_total 6", "switchboard_bus_silent_instances 1",
            ])
    }

    @Test("The doctor gets the numbers, and the reason of a link that is down")
    func doctor() {
        let hints = link.hints
        #expect(!hints.isUp && hints.silent == 1 && hints.lastError == "connection refused")
        #expect(hints.counts == ["reconnects": 2, "sent": 30, "dropped": 4, "heard": 50, "ignored": 6])
    }
}
