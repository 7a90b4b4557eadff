import Gateway
import Routing
import Vocabulary

extension Named {
    fileprivate func json<Subject>() -> JSONValue where ID == Identifier<Subject> { ["id": .id(id), "name": .text(name)] }
}

extension RequestSummary {
    var json: JSONValue {
        let head: JSONValue = [
            "id": .text(id.description), "at": .time(at), "key": key.map { $0.json() } ?? .null, "model": .text(model),
            "mappedModel": .string(mappedModel), "operation": .text(operation), "stream": .flag(isStream),
            "status": .text(status.rawValue), "httpStatus": .int(httpStatus), "code": .string(code),
        ]
        return head.adding([
            "node": node.map { $0.json() } ?? .null, "attempts": .int(attempts), "firstByteMs": .count(firstByteMilliseconds),
            "durationMs": .count(durationMilliseconds),
        ]).adding(JSONValue.tokens(usage)).adding(["cost": .money(cost), "priced": .flag(!isUnpriced)])
    }
}

extension LiveRequest {
    /// As `RequestSummary` shows it.
    var json: JSONValue {
        let head: JSONValue = [
            "id": .text(id.description), "at": .time(at), "key": ["id": .id(key), "name": .text(keyName)], "model": .text(model),
            "mappedModel": .string(mappedModel), "operation": .text(operation), "stream": .flag(isStream),
            "status": .text(status.rawValue), "httpStatus": .int(httpStatus), "code": .string(code),
        ]
        let shownNode: JSONValue = node.map { ["id": .id($0), "name": .text(nodeName)] } ?? .null
        return head.adding([
            "node": shownNode, "attempts": .int(attempts), "firstByteMs": .count(firstByteMilliseconds),
            "durationMs": .count(durationMilliseconds),
        ]).adding(JSONValue.tokens(usage)).adding(["cost": .money(cost), "priced": .flag(usage == nil || cost != nil)])
    }
}

extension JSONValue {
    /// Null where nothing was reported: that is not none.
    fileprivate static func tokens(_ usage: PricedTokens?) -> JSONValue {
        [
            "inputTokens": .count(usage?.input), "outputTokens": .count(usage?.output), "cacheReadTokens": .count(usage?.cacheRead),
            "cacheWriteTokens": .count(usage?.cacheWrite),
        ]
    }
}

extension RequestDetail {
    var json: JSONValue {
        summary.json.adding([
            "tries": .list(tries) { $0.json },
            "decision": .list(decision) { ["at": .time($0.at), "words": .text($0.words), "wordsZh": .text($0.wordsChinese)] },
            "usage": summary.usage?.json ?? .null,
            "priceLines": .list(priceLines) { $0.json },
            "tier": .text(flags.tier.rawValue),
        ])
    }
}

extension AttemptSummary {
    fileprivate var json: JSONValue {
        [
            "node": node.json(), "at": .time(at), "certainty": .string(certainty?.rawValue), "outcome": .string(outcome),
            "httpStatus": .int(httpStatus), "ms": .count(milliseconds), "suspectedCharge": .flag(isChargeSuspected),
            "reason": .string(reason?.rawValue),
        ]
    }
}

extension PricedTokens {
    fileprivate var json: JSONValue {
        [
            "input": .number(input), "cacheRead": .number(cacheRead), "cacheWrite5m": .number(cacheWrite5m),
            "cacheWrite1h": .number(cacheWrite1h), "output": .number(output), "webSearches": .number(webSearches),
        ]
    }
}

extension PriceLine {
    fileprivate var json: JSONValue {
        ["kind": .text(kind.rawValue), "tokens": .number(tokens), "perMillion": .money(perMillion), "cost": .money(cost)]
    }
}
