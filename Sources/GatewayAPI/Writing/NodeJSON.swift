import Gateway
import Routing
import Vocabulary

/// A node with everything that its page shows.
struct NodeView: Sendable {
    let node: Node
    let standing: NodeStanding
    var today = UsageFigures()
    var timeline: [TimelineCell] = []

    /// Without its day: what the live view sends.
    var brief: JSONValue { identity.adding(tuning).adding(["health": health]) }

    var whole: JSONValue {
        brief.adding([
            "today": day,
            "timeline": .list(timeline) { ["at": .time($0.at), "state": .text($0.state.rawValue)] },
        ])
    }

    private var identity: JSONValue {
        [
            "id": .id(node.id), "name": .text(node.name), "url": .text(node.url.text), "family": .text(node.family.text),
            "provider": .text(node.provider), "auth": .text(node.auth.rawValue), "hasCredential": .flag(node.credential != nil),
            "needsCredential": .flag(node.needsCredential), "createdAt": .time(node.createdAt), "version": .int(node.version),
        ]
    }

    private var tuning: JSONValue {
        [
            "priority": .int(node.priority), "weight": .int(node.weight), "enabled": .flag(node.isEnabled),
            "draining": .flag(node.isDraining), "maxConcurrency": .int(node.maxConcurrency),
            "models": .list(node.models) { ["match": .text($0.match.text), "to": .string($0.to)] },
            "healthMethod": .text(node.healthMethod.rawValue), "healthModel": .text(node.healthModel),
            "rateDomain": .string(node.rateDomain), "cacheDomain": .string(node.cacheDomain),
            "allowPrivate": .flag(node.allowsPrivate), "allowLoopback": .flag(node.allowsLoopback),
        ]
    }

    private var health: JSONValue {
        [
            "state": .text(standing.state.rawValue), "code": .string(standing.code), "words": .text(standing.words),
            "until": .time(standing.until), "since": .time(standing.since), "lastSuccessAt": .time(standing.lastSuccess),
            "lastProbeAt": .time(standing.lastProbe), "inFlight": .int(standing.inFlight),
            "firstByteMs": .count(standing.firstByteMilliseconds), "errorShare": .share(standing.errorShare),
        ]
    }

    /// Its tries and those for which it was blamed: a request that another node rescued is a failure of this one.
    private var day: JSONValue {
        [
            "requests": .number(today.attempts), "failures": .number(today.nodeFaults), "inputTokens": .number(today.inputTokens),
            "outputTokens": .number(today.outputTokens), "cost": .money(today.cost),
        ]
    }
}

extension HistoryEntry {
    var json: JSONValue {
        [
            "at": .time(at), "from": .text(from), "to": .text(to), "code": .text(code), "words": .text(words),
            "source": .text(source.rawValue), "ms": .count(milliseconds),
        ]
    }
}

extension ProbeFinding {
    var json: JSONValue {
        [
            "ok": .flag(isGood), "ms": .count(milliseconds), "method": .text(method.rawValue), "status": .int(status),
            "code": .string(code), "detail": .text(detail),
        ]
    }
}
