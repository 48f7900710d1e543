"""What is configured, sampled and stored: the default policy, SQL, saved queries, samples and how they were made."""
