import Doctor
import Gauges

/// How hints get through, for status, metrics and the doctor.
struct HouseLink: Sendable, Codable, Hashable {
    /// Both ways, and all instances are heard.
    var isUp: Bool
    /// Since when it is as it is, RFC 3339 and in milliseconds since 1970.
    var since: String
    var sinceMs: Int64
    /// `redis 7.0.15`; empty before the first connection.
    var server: String
    /// Of the last time that the link was lost or could not be made. Holds no secret.
    var lastError: String?
    /// How often it came back.
    var reconnects = 0
    /// Hints: told, lost on the way out (others are told to look again instead), heard, and messages that no instance would send.
    var sent = 0
    var dropped = 0
    var heard = 0
    var ignored = 0
    /// Instances that live and are not heard.
    var silent = 0
}

extension HouseLink {
    func write(to page: inout Exposition) {
        page.add("switchboard_bus_up", .gauge, "1 while hints between instances get through Redis.", isUp ? 1 : 0)
        page.add(
            "switchboard_bus_change_timestamp_seconds", .gauge, "When that changed last, in seconds since 1970.", Double(sinceMs) / 1_000)
        page.add("switchboard_bus_reconnects_total", .counter, "How often hints got through again.", Double(reconnects))
        page.add("switchboard_bus_sent_total", .counter, "Hints told to other instances.", Double(sent))
        page.add("switchboard_bus_dropped_total", .counter, "Hints that could not be told; the others look again instead.", Double(dropped))
        page.add("switchboard_bus_heard_total", .counter, "Hints of other instances.", Double(heard))
        page.add("switchboard_bus_ignored_total", .counter, "Messages on the channel that no instance sends.", Double(ignored))
        page.add("switchboard_bus_silent_instances", .gauge, "Instances that live and are not heard.", Double(silent))
    }

    /// What the doctor says of it.
    var hints: Subject.Sharing.Hints {
        Subject.Sharing.Hints(
            isUp: isUp, since: since, lastError: lastError, silent: silent,
            counts: ["reconnects": reconnects, "sent": sent, "dropped": dropped, "heard": heard, "ignored": ignored])
    }
}
