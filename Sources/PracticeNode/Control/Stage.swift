import NIOHTTP1

/// Decides how each request is answered: control, script, default fault, routes.
final class Stage: Sendable {
    let journal = RequestJournal()
    let script = FaultScript()
    private let configuration: PracticeNodeConfiguration
    private let routes: Routes
    private let control: ControlRoutes

    init(_ configuration: PracticeNodeConfiguration) {
        self.configuration = configuration
        routes = Routes(configuration, shelf: Shelf(node: configuration.name))
        control = ControlRoutes(name: configuration.name, script: script, journal: journal)
    }

    func perform(_ request: IncomingRequest, isLocal: Bool) -> Delivery {
        if ControlRoutes.owns(request) { return control.answer(request, isLocal: isLocal) }
        let fault = fault(for: request)
        if fault != .none { journal.change(request.number) { $0.fault = fault.description } }
        if fault.isSilent { return fault.silence }
        let id = "req_\(configuration.name)_\(request.number.padded)"
        var delivery = fault.deliver(routes.answer(request), family: request.family, requestID: id)
        delivery.headers += vendorHeaders(request.family, id)
        return delivery
    }

    private func fault(for request: IncomingRequest) -> Fault {
        if configuration.allowsFaultHeader, let words = request.head.headers.first(name: "x-practice-fault"), let fault = try? Fault(words)
        {
            return fault
        }
        let scenes = script.rest
        guard !scenes.isEmpty else { return configuration.fault }
        // Only a script that asks for it is worth reading a large body.
        let asked = scenes.contains { $0.model != nil || $0.isStream != nil } ? Asked(JSON(request.body)) : nil
        return script.take(path: request.path, model: asked?.model ?? "", isStream: asked?.isStream ?? false) ?? configuration.fault
    }

    /// What the vendors' answers carry: what a gateway must pass on, and what it must keep to itself.
    private func vendorHeaders(_ family: Family, _ id: String) -> [(String, String)] {
        let shared = [
            ("server", "practice/\(configuration.name)"), ("via", "1.1 practice"), ("set-cookie", "practice=\(configuration.name); Path=/"),
        ]
        switch family {
        case .anthropic:
            return [
                ("request-id", id), ("anthropic-organization-id", "org-practice-\(configuration.name)"),
                ("anthropic-ratelimit-requests-limit", "1000"), ("anthropic-ratelimit-requests-remaining", "999"),
                ("anthropic-ratelimit-requests-reset", "2027-01-01T00:00:00Z"), ("anthropic-ratelimit-tokens-limit", "1000000"),
                ("anthropic-ratelimit-tokens-remaining", "999000"), ("anthropic-ratelimit-tokens-reset", "2027-01-01T00:00:00Z"),
            ] + shared
        case .openAI:
            return [
                ("x-request-id", id), ("openai-organization", "org-practice-\(configuration.name)"), ("openai-version", "2020-10-01"),
                ("x-ratelimit-limit-requests", "1000"), ("x-ratelimit-remaining-requests", "999"), ("x-ratelimit-reset-requests", "60ms"),
            ] + shared
        }
    }
}
