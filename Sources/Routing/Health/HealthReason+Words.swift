extension HealthReason {
    /// "cooling down 40 s after 3 failures in a row (529 overloaded)".
    package var english: String {
        let why = englishReason
        return cooldownSeconds > 0 ? "cooling down \(cooldownSeconds) s after \(why)" : why
    }

    /// “冷却 40 秒：连续 3 次失败（529 过载）”。
    package var chinese: String {
        let why = chineseReason
        return cooldownSeconds > 0 ? "冷却 \(cooldownSeconds) 秒：\(why)" : why
    }

    private var englishReason: String {
        let last = cause.map { " (\($0.english))" } ?? ""
        return switch code {
        case .failuresInRow: "\(count) failure\(count == 1 ? "" : "s") in a row\(last)"
        case .errorRate: "\(count) % of its requests failed\(last)"
        case .checksFailed: "\(count) failed check\(count == 1 ? "" : "s") in a row\(last)"
        case .trialFailed: "a failed trial\(last)"
        case .died: death?.english ?? "out until a person says otherwise"
        case .trialsPassed: "\(count) trials in a row went well"
        case .checkPassed: "a check went well"
        case .servedAgain: "it serves again"
        case .revived: "put back by a person"
        case .accessChanged: "its address or credential has changed"
        }
    }

    private var chineseReason: String {
        let last = cause.map { "（\($0.chinese)）" } ?? ""
        return switch code {
        case .failuresInRow: "连续 \(count) 次失败\(last)"
        case .errorRate: "\(count)% 的请求失败\(last)"
        case .checksFailed: "连续 \(count) 次检查失败\(last)"
        case .trialFailed: "试探请求失败\(last)"
        case .died: death?.chinese ?? "停用，等待人工恢复"
        case .trialsPassed: "连续 \(count) 次试探成功"
        case .checkPassed: "检查通过"
        case .servedAgain: "已恢复服务"
        case .revived: "已由人工恢复"
        case .accessChanged: "地址或凭据已更改"
        }
    }
}

extension FailureCause {
    /// A few words without a subject.
    package var english: String {
        switch self {
        case .status(let status): "status \(status)"
        case .overloaded: "529 overloaded"
        case .notSent(let kind): kind.english
        case .brokeBeforeHead: "the connection ended before an answer"
        case .firstByteTimeout: "no answer in time"
        case .streamError: "an error before any content"
        case .broke: "the answer ended too early"
        case .silence: "the stream fell silent"
        case .check: "the check could not be made"
        }
    }

    package var chinese: String {
        switch self {
        case .status(let status): "状态码 \(status)"
        case .overloaded: "529 过载"
        case .notSent(let kind): kind.chinese
        case .brokeBeforeHead: "连接在响应前中断"
        case .firstByteTimeout: "等待首字节超时"
        case .streamError: "内容开始前返回错误"
        case .broke: "响应提前结束"
        case .silence: "数据流长时间无响应"
        case .check: "无法执行检查"
        }
    }
}

extension NotSentKind {
    package var english: String {
        switch self {
        case .unresolved: "its name has no address"
        case .forbidden: "its address is not allowed"
        case .refused: "connection refused"
        case .unreachable: "unreachable"
        case .connectTimeout: "no connection in time"
        case .tls: "TLS failed"
        case .stale: "a kept connection had ended"
        case .local: "no connection could be opened here"
        }
    }

    package var chinese: String {
        switch self {
        case .unresolved: "域名无法解析"
        case .forbidden: "地址不被允许"
        case .refused: "连接被拒绝"
        case .unreachable: "无法到达"
        case .connectTimeout: "连接超时"
        case .tls: "TLS 失败"
        case .stale: "保持的连接已关闭"
        case .local: "本机无法建立连接"
        }
    }
}

extension DeathCause {
    package var english: String {
        switch self {
        case .credentialRefused: "its credential was refused (401)"
        case .paymentRequired: "payment is required (402)"
        case .forbidden: "access is forbidden (403)"
        case .spendLimit: "its spend limit is reached (429)"
        }
    }

    package var chinese: String {
        switch self {
        case .credentialRefused: "凭据被拒绝（401）"
        case .paymentRequired: "需要付款（402）"
        case .forbidden: "访问被禁止（403）"
        case .spendLimit: "已达到消费上限（429）"
        }
    }
}
