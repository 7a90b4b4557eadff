/// Starting again does not help: a page says so, with a number to ask about.
extension Crew {
    mutating func enterIncident(_ facts: [String: String], refusal: String?, at now: Int64) -> [Action] {
        let reason = refusal ?? "the server ended again and again, last with \(facts["how"] ?? "an unknown end")"
        let new = Incident(id: makeID(), reason: reason, since: now)
        incident = new
        startAt = nil
        retryAt = now + Self.incidentTime
        loop.forget()
        backoff.reset()
        apologyBackoff.reset()
        let told = Action.tell(
            .error, "the server can't stay up: a page with this incident's number answers until it is well again",
            facts.merging(["incident": new.id]) { $1 })
        return [told] + (hasApology ? [] : [.spawn(.apology)]) + [.notify(.status("incident \(new.id): \(reason)"))]
    }

    /// Another try; the page stays until it has come to something.
    mutating func tryAgain(at now: Int64) -> [Action] {
        loop.forget()
        backoff.reset()
        retryAt = nil
        guard server == nil, startAt == nil else { return [] }
        return [.spawn(.serve)]
    }
}
