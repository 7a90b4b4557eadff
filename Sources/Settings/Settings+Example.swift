extension Settings {
    /// A `.env` file to begin with: every setting's meaning and default, commented out. Nothing of this machine or run is in it.
    package func example(in language: SettingsLanguage = .english) -> String {
        let heading =
            language == .english
            ? "# Copy to .env and take the # away before what you change. Environment and flags win over this file.\n# `switchboard config` prints what holds."
            : "# 复制为 .env，去掉要修改的行首的 #。环境变量与命令行参数优先于本文件。\n# `switchboard config` 会显示实际生效的值。"
        let entries = resolved.filter { !$0.declaration.isForTests }.map { one in
            "# \(one.declaration.meaning.text(in: language)) (\(one.declaration.accepted))\n#\(one.declaration.name)=\(one.declaration.standard.text)"
        }
        return ([heading] + entries).joined(separator: "\n\n")
    }
}

extension SettingDeclaration {
    /// Nobody who runs a server should come across it.
    fileprivate var isForTests: Bool { name.hasPrefix("TEST_") || name == "FAULT" }
}
