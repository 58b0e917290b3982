-- Was a target tested since a time?
select label from alert_target where label = :label and tested_at > :since
