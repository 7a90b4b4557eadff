import Gateway
import Vocabulary

extension UsageReport {
    var json: JSONValue {
        let lines = JSONValue.list(items) { item in
            let head: JSONValue = ["name": .text(item.name), "id": .string(item.id)]
            return head.adding(item.figures.json)
        }
        return ["items": lines, "total": total.json, "unpricedModels": .list(unpricedModels) { .text($0) }]
    }
}

extension UsageFigures {
    fileprivate var json: JSONValue {
        [
            "requests": .number(requests), "failures": .number(failures), "inputTokens": .number(inputTokens),
            "outputTokens": .number(outputTokens), "cacheReadTokens": .number(cacheReadTokens),
            "cacheWriteTokens": .number(cacheWriteTokens), "cost": .money(cost), "unpriced": .number(unpriced),
        ]
    }
}

extension PriceEntry {
    var json: JSONValue {
        [
            "id": .text(id), "match": .text(match.text), "effectiveFrom": .time(effectiveFrom), "tierAbove": .number(tierAbove),
            "input": .money(rates.input), "output": .money(rates.output), "cacheRead": .money(rates.cacheRead),
            "cacheWrite5m": .money(rates.cacheWrite5m), "cacheWrite1h": .money(rates.cacheWrite1h), "source": .text(source),
            "thirdParty": .flag(isThirdParty), "own": .flag(isOwn),
        ]
    }
}

extension RerateReport {
    var json: JSONValue {
        let lines = JSONValue.list(models) { model in
            [
                "model": .text(model.model), "requests": .number(model.requests), "before": .money(model.before),
                "after": .money(model.after),
            ]
        }
        return [
            "requests": .number(requests), "before": .money(before), "after": .money(after), "changed": .number(changed), "models": lines,
        ]
    }
}
