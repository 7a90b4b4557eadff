import Routing
package import Vocabulary

/// One step of a request's way, in words.
package struct DecisionStep: Hashable, Sendable {
    package let at: Timestamp
    /// For people, in English.
    package let words: String
    /// The same in 简体中文.
    package let wordsChinese: String

    init(at: Timestamp, _ words: String, _ chinese: String) {
        self.at = at
        self.words = words
        wordsChinese = chinese
    }
}

extension RequestDetail {
    /// What the dispatch decided, step by step, from the reasons that it wrote down: nothing of it is stored in words.
    package var decision: [DecisionStep] {
        var steps: [DecisionStep] = []
        if flags.contains(.queued) {
            steps.append(DecisionStep(at: summary.at, "no node was free: it waited in the queue", "没有空闲节点，请求在队列中等待"))
        }
        for (index, attempt) in tries.enumerated() {
            steps.append(choice(of: attempt, isFirst: index == 0))
            if let ending = ending(of: attempt, isLast: index == tries.count - 1) { steps.append(ending) }
        }
        return steps + lastSteps
    }

    private func choice(of attempt: AttemptSummary, isFirst: Bool) -> DecisionStep {
        let isAsIs = attempt.mappedModel == summary.model || attempt.mappedModel.isEmpty
        let (asked, askedChinese) = isAsIs ? ("", "") : (", asked for \(attempt.mappedModel)", "，向其请求 \(attempt.mappedModel)")
        // Of requests from before reasons were written down only the session is known.
        let reason = attempt.reason ?? (isFirst && flags.contains(.sticky) ? .session : nil)
        let (why, whyChinese) = reason.map { (": \($0.words)", "：\($0.chinese)") } ?? ("", "")
        return DecisionStep(
            at: attempt.at, "\(attempt.node.name) was \(isFirst ? "chosen" : "tried next")\(why)\(asked)",
            "\(isFirst ? "选择了" : "接着尝试") \(attempt.node.name)\(whyChinese)\(askedChinese)")
    }

    private func ending(of attempt: AttemptSummary, isLast: Bool) -> DecisionStep? {
        guard let outcome = attempt.outcome else { return nil }
        let (at, name) = (attempt.at + .milliseconds(attempt.milliseconds ?? 0), attempt.node.name)
        guard outcome != "completed" else { return DecisionStep(at: at, "\(name) answered", "\(name) 已作答") }
        let (charge, chargeChinese) = attempt.isChargeSuspected ? (", it may have cost something", "，可能已产生费用") : ("", "")
        let (unseen, unseenChinese) = isLast ? ("", "") : (": the client saw nothing of it", "；客户端对此无感知")
        return DecisionStep(
            at: at, "\(name) ended with \(outcome)\(charge)\(unseen)", "\(name) 以 \(outcome) 结束\(chargeChinese)\(unseenChinese)")
    }

    private var lastSteps: [DecisionStep] {
        let end = summary.at + .milliseconds(summary.durationMilliseconds ?? 0)
        var words = Self.marks.filter { flags.contains($0.flag) }.map { ($0.words, $0.chinese) }
        if summary.isUnpriced, flags.tier != .standard {
            let tier = flags.tier.rawValue
            words.append(("it was served in the tier \(tier), for which no price is known", "以 \(tier) 档位提供，该档位价格未知"))
        }
        if summary.status == .refused {
            words.append(("the gateway refused it\(summary.code.map { ": \($0)" } ?? "")", "网关已拒绝\(summary.code.map { "：\($0)" } ?? "")"))
        }
        if summary.status == .interrupted { words.append(("the server ended while it ran", "运行期间服务器停止")) }
        return words.map { DecisionStep(at: end, $0.0, $0.1) }
    }

    /// Why no further node was tried, and what else was noted.
    private static let marks: [(flag: RequestFlags, words: String, chinese: String)] = [
        (.triesSpent, "no further node was tried: it had had all the tries that one request may have", "未再尝试其他节点：已用完单个请求的全部尝试次数"),
        (
            .retryBudgetSpent, "no further node was tried: the budget for repeating what may have been charged was used up",
            "未再尝试其他节点：可能已计费请求的重试额度已用完"
        ),
        (.tooLate, "no further node was tried: it was too late for another try", "未再尝试其他节点：已超过可再次尝试的时间"),
        (.noOtherNode, "no further node was tried: no other could take it", "未再尝试其他节点：没有其他节点可以接收"),
        (.notRepeatable, "no further node was tried: what it asks for must not be asked twice", "未再尝试其他节点：此请求不可重复发送"),
        (.pinged, "signs of life were sent while the node was silent", "节点无输出期间发送了保活信号"),
        (.broken, "the stream broke after content had gone out: no other node could take over", "内容开始输出后流中断，其他节点无法接替"),
        (.usageDoubtful, "the node's figures of usage contradict each other", "节点报告的用量数据互相矛盾"),
    ]
}

extension PickReason {
    /// For people, in English.
    fileprivate var words: String {
        switch self {
        case .session: "the session stays with it, it holds its prompt cache"
        case .sameCache: "it shares the prompt cache of the session's node"
        case .leastLoaded: "the less busy of two"
        case .onlyChoice: "nothing else was free in the best priority"
        case .trial: "it comes back from a cool-down, and this request tries it"
        case .lastResort: "all nodes cool down, and this request tries one rather than being refused"
        case .owner: "it keeps what the request is about"
        }
    }

    /// The same in 简体中文.
    fileprivate var chinese: String {
        switch self {
        case .session: "会话固定在此节点，其提示缓存在此"
        case .sameCache: "与会话所在节点共享提示缓存"
        case .leastLoaded: "两个候选中负载较低"
        case .onlyChoice: "最高优先级中仅此节点空闲"
        case .trial: "冷却结束，以此请求试探"
        case .lastResort: "所有节点都在冷却，与其拒绝不如尝试一个"
        case .owner: "请求所涉及的对象保存在此节点"
        }
    }
}
