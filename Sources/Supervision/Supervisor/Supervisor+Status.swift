import BlackBox
import Glibc

/// What `switchboard status` shows: one JSON object.
extension Supervisor {
    var statusText: String {
        let now = Clock.now
        var fields = [
            "\"mode\":\(JSONLine.quoted(crew.mode))", "\"supervisor\":\(getpid())", "\"uptimeMs\":\(now - startedAt)",
            "\"dataDirectory\":\(JSONLine.quoted(plan.dataDirectory))",
            "\"ports\":[\(ports.map { JSONLine.quoted($0.bound.url) }.joined(separator: ","))]",
            "\"workers\":[\(crew.members.values.sorted { $0.startedAt < $1.startedAt }.map { text(of: $0, at: now) }.joined(separator: ","))]",
            "\"deaths\":\(crew.deaths)",
            "\"partsOff\":[\(crew.parts.off.map { JSONLine.quoted($0.rawValue) }.joined(separator: ","))]",
            "\"heldInputs\":[\(crew.quarantine.held.map(text).joined(separator: ","))]",
        ]
        fields += releaseFields
        if let lastDeath { fields.append("\"lastDeath\":\(JSONLine.quoted(lastDeath))") }
        if let incident = crew.incident {
            let since = "\"sinceMs\":\(now - incident.since)"
            fields.append(
                "\"incident\":{\"id\":\(JSONLine.quoted(incident.id)),\"reason\":\(JSONLine.quoted(incident.reason)),\(since)}")
        }
        return "{\(fields.joined(separator: ","))}"
    }

    private func text(_ input: HeldInput) -> String {
        "{\"input\":\(JSONLine.quoted(String(input.fingerprint, radix: 16))),\"incident\":\(JSONLine.quoted(input.incident))}"
    }

    private func text(of member: Member, at now: Int64) -> String {
        let phase = member.leaving.map { $0 == .handover ? "handing over" : "draining" } ?? member.phase.rawValue
        let stage = "{\"number\":\(member.stage.number),\"name\":\(JSONLine.quoted(member.stage.name))}"
        let signs = hands[member.process]?.signs ?? []
        let beats = signs.map { "{\"name\":\(JSONLine.quoted($0.name)),\"silentMs\":\(max(0, now - $0.lastBeat))}" }.joined(separator: ",")
        return
            "{\"process\":\(member.process),\"build\":\(JSONLine.quoted(hands[member.process]?.box?.vitals()?.build ?? "")),\"role\":\"\(member.role.rawValue)\",\"phase\":\(JSONLine.quoted(phase)),\"stage\":\(stage),"
            + "\"uptimeMs\":\(now - member.startedAt),\"heartbeats\":[\(beats)]}"
    }
}
