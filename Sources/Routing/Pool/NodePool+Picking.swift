extension NodePool {
    private static let routesLimit = 256

    /// The node for one attempt, counted in flight; or why there is none.
    package mutating func pick(for request: RouteRequest, at now: Moment, using random: inout some RandomNumberGenerator) -> Pick {
        let routes: [Route]
        switch candidates(for: request, at: now) {
        case .success(let found): routes = found
        case .failure(let unserved): return .unserved(unserved.why)
        }
        let home = request.session.flatMap { stickiness.node(of: $0, at: now) }
        let survey = survey(routes, for: request, home: home, at: now)
        if let choice = survey.home { return give(choice, for: request, .session, at: now) }
        if let (choice, reason) = choose(from: survey, for: request, home: home, using: &random) {
            return give(choice, for: request, reason, at: now)
        }
        // When everything cools down one request tries, rather than being refused. A rate limit is obeyed all the same.
        if let coldest = survey.coldest, !survey.isBusy, !survey.hasSound {
            return give(Candidate(route: coldest.route, isTrial: true, weight: 25, inFlight: 0), for: request, .lastResort, at: now)
        }
        return survey.waiting
    }

    // MARK: Who serves it

    private struct NotServed: Error {
        let why: Unserved
    }

    private mutating func candidates(for request: RouteRequest, at now: Moment) -> Result<[Route], NotServed> {
        if let owner = request.owner {
            guard let place = places[owner] else { return .failure(NotServed(why: .owner)) }
            let mapped = request.model.flatMap { members[place].node.models.serves($0) }
            return .success([Route(index: place, model: mapped ?? request.model)])
        }
        let all = routes(family: request.family, model: request.model)
        guard !all.isEmpty else { return .failure(NotServed(why: speaks(request.family) ? .model : .family)) }
        // Only when a node lacks something, which is rare, is the list copied.
        guard all.contains(where: { members[$0.index].lacks($0.model, at: now) }) else { return .success(all) }
        let having = all.filter { !members[$0.index].lacks($0.model, at: now) }
        return having.isEmpty ? .failure(NotServed(why: .model)) : .success(having)
    }

    private mutating func routes(family: RoutedFamily, model: String?) -> [Route] {
        let key = RouteKey(family: family, model: model)
        if let known = routes[key] { return known }
        let found = members.indices.compactMap { index -> Route? in
            let node = members[index].node
            guard node.family == family else { return nil }
            guard let model else { return Route(index: index, model: nil) }
            return node.models.serves(model).map { Route(index: index, model: $0) }
        }
        if routes.count >= Self.routesLimit { routes.removeAll(keepingCapacity: true) }
        // A name that is too long to match is not worth keeping either.
        if (model?.utf8.count ?? 0) <= ModelPattern.maxBytes { routes[key] = found }
        return found
    }

    private func speaks(_ family: RoutedFamily) -> Bool {
        members.contains { $0.node.family == family }
    }

    // MARK: Who can take it

    private func survey(_ routes: [Route], for request: RouteRequest, home: NodeID?, at now: Moment) -> PoolSurvey {
        var survey = PoolSurvey()
        survey.choices.reserveCapacity(routes.count)
        for route in routes where members.indices.contains(route.index) {
            look(at: route, for: request, home: home, at: now, into: &survey)
        }
        // Who has failed once should not become someone's trial.
        if request.isRetry, survey.choices.contains(where: { !$0.isTrial }) { survey.choices.removeAll { $0.isTrial } }
        return survey
    }

    private func look(at route: Route, for request: RouteRequest, home: NodeID?, at now: Moment, into survey: inout PoolSurvey) {
        let id = members[route.index].node.id
        let isOn = members[route.index].node.isOn || request.owner == id && members[route.index].node.isEnabled
        let limited = domains.cooling(members[route.index].domain, at: now)
        let admission = members[route.index].health.admission(at: now)
        if isOn, admission == .open, limited == nil, !members[route.index].health.isKept { survey.hasSound = true }
        guard !request.excluded.contains(id) else { return }
        guard isOn else { return survey.isOff = true }
        if admission == .dead { return survey.isDead = true }
        if let limited {
            survey.isCooling = true
            return survey.note(until: limited)
        }
        switch admission {
        case .open: take(route, isTrial: false, home: home, at: now, into: &survey)
        case .trial: take(route, isTrial: true, home: nil, at: now, into: &survey)
        case .trialBusy: survey.isBusy = true
        case .cooling(let until):
            survey.isCooling = true
            survey.note(until: until)
            if survey.coldest.map({ until < $0.until }) ?? true { survey.coldest = (route, until) }
        case .dead: break
        }
    }

    private func take(_ route: Route, isTrial: Bool, home: NodeID?, at now: Moment, into survey: inout PoolSurvey) {
        guard !members[route.index].isFull else { return survey.isBusy = true }
        let priority = members[route.index].node.priority
        let isHome = home != nil && members[route.index].node.id == home
        guard isHome || priority <= survey.priority else { return }
        let percent = members[route.index].health.weightPercent(at: now)
        let choice = Candidate(
            route: route, isTrial: isTrial, weight: UInt64(clamping: members[route.index].node.weight * percent),
            inFlight: members[route.index].inFlight)
        if isHome { survey.home = choice }
        if priority < survey.priority {
            survey.priority = priority
            survey.choices.removeAll(keepingCapacity: true)
        }
        if priority == survey.priority { survey.choices.append(choice) }
    }

    // MARK: Which of them

    private func choose(
        from survey: PoolSurvey, for request: RouteRequest, home: NodeID?, using random: inout some RandomNumberGenerator
    ) -> (Candidate, PickReason)? {
        if request.owner != nil { return survey.choices.first.map { ($0, $0.isTrial ? .trial : .owner) } }
        let near = neighbours(of: home, among: survey.choices)
        guard let choice = Self.lighterOfTwo(near.isEmpty ? survey.choices : near, using: &random) else { return nil }
        if choice.isTrial { return (choice, .trial) }
        if !near.isEmpty { return (choice, .sameCache) }
        return (choice, survey.choices.count > 1 ? .leastLoaded : .onlyChoice)
    }

    /// Those that share the prompt cache of the session's node.
    private func neighbours(of home: NodeID?, among choices: [Candidate]) -> [Candidate] {
        guard let home, let place = places[home], let cache = members[place].node.cacheDomain else { return [] }
        return choices.filter { members[$0.route.index].node.cacheDomain == cache }
    }

    /// Two at random by weight, and the less busy of them: nearly as even as asking all, and no herd runs to the one that is idle.
    private static func lighterOfTwo(_ choices: [Candidate], using random: inout some RandomNumberGenerator) -> Candidate? {
        guard choices.count > 1 else { return choices.first }
        let total = choices.reduce(0) { $0 &+ $1.weight }
        guard let first = draw(choices, total: total, without: nil, using: &random) else { return choices.first }
        let rest = total &- choices[first].weight
        guard let second = draw(choices, total: rest, without: first, using: &random) else { return choices[first] }
        return choices[second].isLighter(than: choices[first]) ? choices[second] : choices[first]
    }

    private static func draw(
        _ choices: [Candidate], total: UInt64, without left: Int?, using random: inout some RandomNumberGenerator
    ) -> Int? {
        guard total > 0 else { return nil }
        var mark = random.next(upperBound: total)
        for index in choices.indices where index != left {
            if mark < choices[index].weight { return index }
            mark -= choices[index].weight
        }
        return nil
    }

    // MARK: Giving it

    private mutating func give(_ choice: Candidate, for request: RouteRequest, _ reason: PickReason, at now: Moment) -> Pick {
        let place = choice.route.index
        let attempt = AttemptID(nextNumber())
        if choice.isTrial { members[place].health.beginTrial(attempt, at: now) }
        members[place].inFlight += 1
        let node = members[place].node
        if let session = request.session { stickiness.pin(session, to: node.id, for: request.cacheLife, at: now) }
        attempts[attempt] = Open(
            node: node.id, model: choice.route.model, accessVersion: node.accessVersion, birth: births[place],
            trialEpisode: choice.isTrial ? members[place].health.episode : nil, isForOwner: request.owner != nil)
        return .node(Assignment(attempt: attempt, node: node, model: choice.route.model, reason: reason))
    }
}
