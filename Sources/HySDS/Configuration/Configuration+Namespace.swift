extension Configuration {
    /// The same for another namespace than the file names: what `--namespace` asks for.
    package func inNamespace(_ namespace: String?) -> Configuration {
        guard let namespace else { return self }
        var copy = self
        copy.kubernetes.namespace = namespace
        return copy
    }
}
